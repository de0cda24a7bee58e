-- Starts and ends of runs that are not in the rollups yet: appended by the trigger that records moves, in the transaction of the move, so
-- that no row is shared by two runs that end at once. No key and no index: it is read whole, by engine.fold_rollups alone.
create table engine.rollup_deltas (
  -- 1 for a start or an end, -1 for an end that a resume undid.
  sign smallint not null,
  -- Null for a start.
  ended text,
  at timestamptz not null,
  run_id uuid not null,
  workspace_id uuid not null,
  workflow_id uuid not null,
  lane text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  retry_count int not null,
  usage jsonb
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
