-- The editable canvas document of a workflow. `revision` counts saves; a save names the revision it started from.
create table public.drafts (
  workflow_id uuid primary key references public.workflows (id) on delete cascade,
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  doc jsonb not null check (jsonb_typeof(doc) = 'object'),
  revision int not null default 1,
  updated_by uuid references auth.users (id) on delete set null,
  updated_at timestamptz not null default now()
);
