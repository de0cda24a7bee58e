-- How many unfinished runs a workspace had when they were last counted: tells starts whether they have to count. Never more than a hint.
create table engine.queue_depths (
  workspace_id uuid primary key references public.workspaces (id) on delete cascade,
  open_runs int not null
);
