-- The fixed facts of a version's steps, laid out for claiming: filled once by publishing, read by every claim.
create table engine.plan_steps (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  workflow_id uuid not null,
  version int not null,
  step_key text not null,
  kind text not null,
  role text,
  node_id text not null,
  title text not null,
  rank int not null,
  effect text not null,
  on_failure text not null,
  join_mode text not null,
  total_deps int not null,
  -- How many bodies the step stands in: the length of its item path.
  depth int not null,
  within text,
  retry jsonb not null,
  max_attempts int not null,
  timeout_ms int not null,
  deadline_ms bigint,
  step_hash text not null,
  -- The part of a ClaimedStep that is the same in every run.
  definition jsonb not null,
  outputs jsonb not null,
  vars jsonb,
  reads_input text[] not null,
  reads_steps jsonb not null,
  reads_roots text[] not null,
  -- For the three parts of a map: its settings, and the key of the collector.
  map_config jsonb,
  collector text,
  foreign key (workflow_id, version) references public.versions (workflow_id, n) on delete cascade,
  unique (workflow_id, version, step_key)
);
