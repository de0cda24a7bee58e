-- The secret address of a webhook, apart from the trigger, because whoever knows it may start the workflow: editors read it.
create table public.hook_paths (
  trigger_id uuid primary key references public.triggers (id) on delete cascade,
  workspace_id uuid not null,
  path text not null unique check (path ~ '^[0-9a-f]{48}$')
);
