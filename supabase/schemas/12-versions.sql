-- Published drafts with their plans. Runs execute these and nothing else; only engine.publish_version adds rows.
create table public.versions (
  workflow_id uuid not null references public.workflows (id) on delete restrict,
  n int not null check (n > 0),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  name text not null default '' check (length(name) <= 120),
  channel text not null check (channel in ('published', 'test')),
  graph jsonb not null,
  plan jsonb not null,
  -- What every start reads, apart: a plan of a thousand steps is a megabyte to unpack.
  plan_title text generated always as (plan ->> 'title') stored,
  plan_input jsonb generated always as (plan -> 'input') stored,
  plan_settings jsonb generated always as (plan -> 'settings') stored,
  plan_counts jsonb generated always as (engine.first_counts(plan)) stored,
  plan_hash text not null check (plan_hash ~ '^[0-9a-f]{64}$'),
  -- No reference: an account that is deleted later must not change this row.
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (workflow_id, n)
);

create index versions_of_workspace on public.versions (workspace_id, created_at desc);

create trigger versions_never_change before update or delete or truncate on public.versions
  for each statement execute function engine.refuse_change();
