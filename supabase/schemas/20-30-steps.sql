-- One step of one run, or one item's instance of a step in a map body. Narrow and rewritten often: what is fixed lives in
-- engine.plan_steps, what is large in step_payloads. What must hold of a row is checked by its triggers (40-20, 40-21) and not by constraints,
-- which every statement reads anew from their text; that it goes with its run is seen to by engine.delete_run_parts.
create table public.steps (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  workspace_id uuid not null,
  plan_step bigint not null,
  node_id text not null,
  kind text not null,
  role text,
  title text not null,
  rank int not null,
  priority int not null,
  -- The run's: claims take lanes in turn.
  lane text not null default '',
  status text not null,
  last_move text not null default 'step.ready',
  waiting_for jsonb,
  attempt int not null default 0,
  attempt_limit int not null,
  tries int not null default 0,
  crashes int not null default 0,
  remaining_deps int not null default 0,
  dead_deps int not null default 0,
  -- ready: since when; waiting: until when.
  due_at timestamptz,
  lease_until timestamptz,
  -- Set at the first start of a step that has a deadline for all its attempts and waits together.
  deadline_at timestamptz,
  worker text,
  start_marker_at timestamptz,
  port text,
  output_is_fallback boolean not null default false,
  -- The stored output is work that stands: whatever the step does next repeats its checks alone.
  keeps_output boolean not null default false,
  reused_from uuid,
  error jsonb,
  verification text not null default 'none',
  items_total int,
  items_started int not null default 0,
  items_done int not null default 0,
  items_failed int not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (run_id, step_key, item_path)
) with (fillfactor = 70);

create index steps_ready on public.steps (workspace_id, lane, priority, due_at) where status = 'ready';
-- Said by columns that go with the statuses: a query that asks for `status = 'running'` by key must not be answered from here, which holds
-- every running step of the installation.
create index steps_due on public.steps ((coalesce(lease_until, due_at))) where lease_until is not null or waiting_for is not null;
create index steps_deadline on public.steps (deadline_at) where deadline_at is not null and finished_at is null;
create index steps_at_limit on public.steps (workspace_id, (waiting_for ->> 'ref')) where waiting_for ->> 'kind' = 'limit';
