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
  -- Its output is checked before it counts.
  has_checks boolean not null,
  on_failure text not null,
  join_mode text not null,
  total_deps int not null default 0,
  -- Whether steps inside of bodies depend on it from outside.
  leads_deeper boolean not null default false,
  -- The collectors of the bodies the step stands in, outermost first; as long as its item path.
  bodies text[] not null,
  -- The last of them.
  within text,
  -- Which of them is the innermost map, and which the innermost repeat.
  item_depth int,
  turn_depth int,
  retry jsonb not null,
  max_attempts int not null,
  timeout_ms int not null,
  deadline_ms bigint,
  step_hash text not null,
  -- The part of a ClaimedStep that is the same in every run; json, because claims only copy its text, and that without the closing brace.
  definition json not null,
  head text generated always as (left(definition::text, -1)) stored,
  -- What the claim puts into the scope.
  vars jsonb,
  reads_roots text[] not null,
  reads_input text[] not null,
  reads_steps engine.step_read[] not null,
  -- The connections it names, if any; gated while one of them has limits.
  connections text[],
  gated boolean not null default false,
  -- The steps a worker may do right after this one, in this order: see engine.lay_out_ahead; of a split, for each item: see
  -- engine.lay_out_bodies_ahead. What comes next in such a row wants this port, if any.
  ahead bigint[],
  ahead_port text,
  -- Whether they read anything but each other.
  ahead_reads boolean not null default false,
  -- Of a container's parts: the key of its collector, and its settings.
  collector text,
  -- Of an item whose result is its index or a step's output, nothing more: the parts of that path.
  result_path text[],
  map_config jsonb,
  foreign key (workflow_id, version) references public.versions (workflow_id, n),
  unique (workflow_id, version, step_key)
);

create index plan_steps_rollback on engine.plan_steps (workflow_id, version) where role = 'rollback';
