-- The legal moves of a step; each pair of statuses has one event. The move trigger refuses every other.
create table engine.step_moves (
  from_status text not null,
  to_status text not null,
  event_kind text not null,
  primary key (from_status, to_status, event_kind)
);

insert into engine.step_moves (from_status, to_status, event_kind) values
  -- Before anybody sees it: its run takes over what an earlier one did.
  ('pending', 'succeeded', 'step.reused'),
  ('ready', 'succeeded', 'step.reused'),
  -- Inserted with its end: done ahead of the record.
  ('new', 'succeeded', 'step.succeeded'),
  ('pending', 'ready', 'step.ready'),
  ('pending', 'running', 'step.started'),
  ('ready', 'running', 'step.started'),
  ('waiting', 'running', 'step.started'),
  ('pending', 'skipped', 'step.skipped'),
  ('running', 'skipped', 'step.skipped'),
  ('pending', 'succeeded', 'step.succeeded'),
  ('running', 'succeeded', 'step.succeeded'),
  ('waiting', 'succeeded', 'step.succeeded'),
  ('pending', 'failed', 'step.failed'),
  ('running', 'failed', 'step.failed'),
  ('waiting', 'failed', 'step.failed'),
  -- Its deadline passed while it stood in the queue.
  ('ready', 'failed', 'step.failed'),
  ('ready', 'waiting', 'step.waiting'),
  ('running', 'waiting', 'step.waiting'),
  ('waiting', 'waiting', 'step.waiting'),
  ('waiting', 'ready', 'step.released'),
  ('running', 'running', 'step.recovered'),
  ('running', 'ready', 'step.handed_over'),
  ('pending', 'cancelled', 'step.cancelled'),
  ('ready', 'cancelled', 'step.cancelled'),
  ('waiting', 'cancelled', 'step.cancelled'),
  ('running', 'cancelled', 'step.cancelled'),
  ('failed', 'ready', 'step.retried'),
  ('failed', 'pending', 'step.reset'),
  ('skipped', 'pending', 'step.reset'),
  ('cancelled', 'pending', 'step.reset'),
  ('cancelled', 'waiting', 'step.waiting');
