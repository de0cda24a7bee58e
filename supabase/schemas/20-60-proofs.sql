-- What verifiers found: a chain per run, each proof holding the hash of the one before it.
create table public.proofs (
  run_id uuid not null references public.runs (id) on delete cascade,
  n int not null,
  workspace_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  attempt int not null,
  verifier text not null,
  kind text not null,
  required boolean not null,
  verdict text not null,
  score double precision,
  evidence jsonb not null,
  evidence_hash text not null,
  prev_hash text not null,
  hash text not null,
  at timestamptz not null,
  primary key (run_id, n),
  constraint verdict_is_known check (verdict in ('passed', 'failed', 'error'))
);

create index proofs_by_step on public.proofs (run_id, step_key);
