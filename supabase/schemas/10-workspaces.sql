-- Everything else hangs off a workspace. Workspaces are never deleted.
create table public.workspaces (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
  name text not null check (length(btrim(name)) between 1 and 80),
  -- Starts beyond so many unfinished runs are refused.
  max_open_runs int not null default 10000 check (max_open_runs between 1 and 1000000),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now()
);
