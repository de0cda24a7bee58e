-- One verb on many runs, worked off in slices by the sweep. Which runs is decided when it is made (public.operation_runs); what people see
-- here is how far it is. `canary` says, per stage, how many runs may be done before those done so far have ended.
create table public.operations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id),
  verb text not null,
  filter jsonb not null,
  options jsonb not null default '{}',
  canary int[],
  stage int not null default 1,
  status text not null default 'running',
  reason text,
  total int not null,
  done int not null default 0,
  set_aside int not null default 0,
  failed int not null default 0,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint verb_is_known check (verb in ('retry', 'cancel', 'move')),
  constraint status_is_known check (status in ('running', 'done', 'stopped', 'aborted')),
  constraint ended_has_a_time check ((status = 'running') = (finished_at is null)),
  constraint stopped_says_why check (status <> 'stopped' or reason is not null),
  constraint never_more_than_all check (done + set_aside + failed <= total)
);

create index operations_by_workspace on public.operations (workspace_id, created_at desc);
create index operations_running on public.operations (touched_at) where status = 'running';
