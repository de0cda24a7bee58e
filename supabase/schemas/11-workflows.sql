-- A workflow is a name for its draft and its versions. Runs take the live version.
create table public.workflows (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
  title text not null check (length(btrim(title)) between 1 and 120),
  description text not null default '' check (length(description) <= 2000),
  status text not null default 'active' check (status in ('active', 'paused', 'archived')),
  live_version int,
  -- Slug of the workflow that is started when a run of this one fails; from the settings of the live version.
  error_workflow text,
  is_skill boolean not null default false,
  is_template boolean not null default false,
  tags text[] not null default '{}' check (cardinality(tags) <= 20),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);
