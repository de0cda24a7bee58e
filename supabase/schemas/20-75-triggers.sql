-- What starts a workflow without a person: the triggers of its live version, kept by key, so that a webhook keeps its address when the
-- workflow is published again. `compiled` holds what is needed to make an input of an event: {map, base, input, vars, version}.
create table public.triggers (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  workflow_id uuid not null references public.workflows (id) on delete cascade,
  key text not null,
  kind text not null,
  config jsonb not null default '{}',
  compiled jsonb not null default '{}',
  -- False once the live version has it no more; it comes back with its address.
  live boolean not null default true,
  enabled boolean not null default true,
  -- The workflow whose ending it waits for. No reference: a second one to workflows would make embedding over REST ambiguous.
  source_id uuid,
  -- A schedule's: slots up to `cursor_at` are dealt with, and at `next_at` it is looked at again.
  cursor_at timestamptz,
  next_at timestamptz,
  last_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workflow_id, key),
  constraint kind_is_known check (kind in ('trigger-webhook', 'trigger-schedule', 'trigger-workflow')),
  constraint only_schedules_have_a_next_time check (next_at is null or kind = 'trigger-schedule')
);

create index triggers_of_workspace on public.triggers (workspace_id, workflow_id);
create index triggers_due on public.triggers (next_at) where next_at is not null and live and enabled;
create index triggers_following on public.triggers (source_id) where source_id is not null and live and enabled;
