-- What the sweep does rarely, and when each is due again. `took_ms` is how long the last one took.
create table engine.chores (
  name text primary key,
  due_at timestamptz not null default '-infinity',
  took_ms double precision not null default 0
) with (fillfactor = 50);

insert into engine.chores (name) values ('partitions'), ('retain'), ('sweep');
