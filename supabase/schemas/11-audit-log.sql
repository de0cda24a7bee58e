-- Who did what, chained per workspace: each row's hash covers the row and the hash before it. Only engine.write_audit adds rows.
-- The log outlives what it speaks of, so it references nothing.
create table public.audit_log (
  workspace_id uuid not null,
  n bigint not null check (n > 0),
  actor uuid,
  verb text not null,
  subject text not null,
  data jsonb not null,
  at timestamptz not null,
  prev_hash text not null,
  hash text not null,
  primary key (workspace_id, n)
);

create trigger audit_log_never_changes before update or delete or truncate on public.audit_log
  for each statement execute function engine.refuse_change();
