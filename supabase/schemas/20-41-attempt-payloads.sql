-- What an attempt read, whom it called, what it logged, and what its error quotes of the other side.
create table public.attempt_payloads (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  n int not null,
  workspace_id uuid not null,
  inputs jsonb,
  calls jsonb not null default '[]',
  logs jsonb not null default '[]',
  error_detail jsonb,
  primary key (run_id, step_key, item_path, n)
);
