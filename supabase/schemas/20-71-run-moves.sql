-- The legal moves of a run; the move trigger refuses every other.
create table engine.run_moves (
  from_status text not null,
  to_status text not null,
  event_kind text not null,
  primary key (from_status, to_status, event_kind)
);

insert into engine.run_moves (from_status, to_status, event_kind) values
  ('none', 'queued', 'run.queued'),
  ('queued', 'running', 'run.started'),
  ('queued', 'waiting', 'run.waiting'),
  ('running', 'waiting', 'run.waiting'),
  ('waiting', 'running', 'run.resumed'),
  ('running', 'succeeded', 'run.succeeded'),
  ('waiting', 'succeeded', 'run.succeeded'),
  ('queued', 'failed', 'run.failed'),
  ('running', 'failed', 'run.failed'),
  ('waiting', 'failed', 'run.failed'),
  ('queued', 'cancelled', 'run.cancelled'),
  ('running', 'cancelled', 'run.cancelled'),
  ('waiting', 'cancelled', 'run.cancelled'),
  ('queued', 'queued', 'run.updated'),
  ('running', 'running', 'run.updated'),
  ('waiting', 'waiting', 'run.updated'),
  ('failed', 'queued', 'run.retried'),
  ('cancelled', 'queued', 'run.retried');
