-- Attempts that use a connection with limits: a row counts as live while its attempt runs, and towards the rate from `at` on. A row whose `at`
-- lies ahead is the place of a step that waits for its turn.
create table engine.connection_uses (
  workspace_id uuid not null,
  slug text not null,
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null,
  attempt int not null,
  at timestamptz not null,
  primary key (run_id, step_key, item_path, slug)
);

create index connection_uses_by_time on engine.connection_uses (workspace_id, slug, at);
