-- One execution of a step. `n` is the fence: a report that carries an older one changes nothing.
create table public.attempts (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  n int not null,
  workspace_id uuid not null,
  worker text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  queued_ms bigint not null default 0,
  outcome text,
  error jsonb,
  start_marker_at timestamptz,
  active_ms bigint not null default 0,
  primary key (run_id, step_key, item_path, n),
  constraint outcome_is_known check (
    outcome in ('succeeded', 'failed', 'skipped', 'parked', 'handed_over', 'cancelled', 'lost')),
  constraint ended_has_an_outcome check ((outcome is null) = (finished_at is null))
) with (fillfactor = 70);
