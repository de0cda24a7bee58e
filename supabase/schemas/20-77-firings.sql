-- One thing that happened to a trigger, written before anything is done about it: a delivery, a slot of a schedule, a run that ended.
-- The unique key makes each start one run, however often it is told. Rows are removed 30 days after they are closed.
create table public.firings (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  workflow_id uuid not null references public.workflows (id) on delete cascade,
  -- Null for the word of a failure to the error workflow, which needs no trigger.
  trigger_id uuid references public.triggers (id) on delete cascade,
  dedupe_key text not null,
  body_hash text,
  status text not null default 'pending',
  due_at timestamptz not null,
  slot_at timestamptz,
  source_run uuid,
  depth int not null default 0,
  tries int not null default 0,
  run_id uuid,
  error jsonb,
  created_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  unique nulls not distinct (workflow_id, trigger_id, dedupe_key),
  constraint status_is_known check (status in ('pending', 'held', 'fired', 'skipped', 'failed')),
  constraint fired_has_a_run check ((status = 'fired') = (run_id is not null)),
  constraint closed_has_a_time check ((status in ('fired', 'skipped', 'failed')) = (closed_at is not null))
);

create index firings_due on public.firings (due_at) where status = 'pending';
create index firings_held on public.firings (trigger_id, id) where status = 'held';
create index firings_of_trigger on public.firings (trigger_id, id desc);
create index firings_of_workspace on public.firings (workspace_id, id desc);
create index firings_closed on public.firings (closed_at) where closed_at is not null;
