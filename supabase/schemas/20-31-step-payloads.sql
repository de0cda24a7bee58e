-- What a step put out, as JSON or as a reference to a file.
create table public.step_payloads (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  workspace_id uuid not null,
  output jsonb,
  -- How far the checks of kept work are: KeptChecks (core/worker.ts).
  checks jsonb,
  primary key (run_id, step_key, item_path)
);
