-- What a run was given and what it gave back: apart from the run, so that a list never reads them.
create table public.run_payloads (
  -- The reference is also what lets the API answer a run together with its payload.
  run_id uuid primary key references public.runs (id) on delete cascade,
  workspace_id uuid not null,
  input jsonb not null default '{}',
  output jsonb,
  -- `{step, inputs}` of a from_step retry whose inputs a person replaced.
  override jsonb
);
