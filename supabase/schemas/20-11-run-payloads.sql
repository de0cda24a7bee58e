-- What a run was given and what it gave back: apart from the run, so that a list never reads them.
create table public.run_payloads (
  run_id uuid primary key,
  workspace_id uuid not null,
  input jsonb not null default '{}',
  output jsonb,
  -- `{step, inputs}` of a from_step retry whose inputs a person replaced.
  override jsonb
);
