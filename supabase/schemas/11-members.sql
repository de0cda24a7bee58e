-- Who may do what in a workspace. The roles include each other: owner > editor > operator > viewer. Seeing inputs, outputs, calls
-- and logs is a right of its own.
create table public.members (
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'editor', 'operator', 'viewer')),
  may_see_payloads boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);

create index members_of_user on public.members (user_id);
