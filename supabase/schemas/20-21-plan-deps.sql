-- The edges of a version's plan. An edge to a deeper step fans out to all of its items. A body step has one dependency more
-- than its edges: its item being started (see engine.start_items).
create table engine.plan_deps (
  upstream bigint not null references engine.plan_steps (id),
  dependent bigint not null references engine.plan_steps (id),
  n int not null,
  wanted text not null,
  port text,
  dependent_key text not null,
  upstream_depth int not null,
  dependent_depth int not null,
  primary key (upstream, dependent, n),
  constraint wanted_is_known check (wanted in ('succeeded', 'failed', 'finished'))
);

create index plan_deps_by_dependent on engine.plan_deps (dependent);
