-- Every move of a run and its steps, numbered densely per run; written by the move triggers and by nothing else.
-- Partitioned by the run's creation so that one run stays in one partition; partitions live in `engine`, out of the API.
create table public.run_events (
  run_created_at timestamptz not null,
  run_id uuid not null,
  seq bigint not null,
  workspace_id uuid not null,
  kind text not null,
  step_key text,
  item_path int[],
  status text not null,
  attempt int,
  at timestamptz not null,
  data jsonb not null default '{}',
  counts jsonb,
  primary key (run_id, seq, run_created_at)
) partition by range (run_created_at);

create table engine.run_events_default partition of public.run_events default;
