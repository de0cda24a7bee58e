-- What happened per workflow, lane and hour: counts and sums that lists and charts read instead of counting runs. They stay when
-- retention removes the runs. A run counts as started in the hour it was created and as ended in the hour it ended; one that is resumed
-- in place is taken out of its old hour and counted again when it ends anew. Kept by engine.fold_rollups.
create table public.rollups (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  workflow_id uuid not null references public.workflows (id) on delete cascade,
  lane text not null,
  hour timestamptz not null,
  started int not null default 0,
  succeeded int not null default 0,
  failed int not null default 0,
  cancelled int not null default 0,
  -- Ends of runs that had been resumed before.
  resumed int not null default 0,
  -- Sums over ended runs: from creation to start, and from start to end.
  queued_ms bigint not null default 0,
  duration_ms bigint not null default 0,
  -- Ended runs by duration: up to 0.1, 0.3, 1, 3, 10, 30 s, 1, 5, 30 min, 1, 6 h, longer.
  duration_buckets int[] not null default '{0,0,0,0,0,0,0,0,0,0,0,0}',
  attempts_succeeded int not null default 0,
  attempts_failed int not null default 0,
  attempts_lost int not null default 0,
  attempts_other int not null default 0,
  tokens_in bigint not null default 0,
  tokens_out bigint not null default 0,
  cost_usd numeric not null default 0,
  primary key (workspace_id, hour, workflow_id, lane),
  constraint twelve_buckets check (cardinality(duration_buckets) = 12)
);

create index rollups_by_workflow on public.rollups (workflow_id, hour);
