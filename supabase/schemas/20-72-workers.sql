-- The workers known: those that want to be woken (one is marked awake by the transaction that wakes it), and the idle database session that shows a worker's process lives. Behind a transaction pooler there is none, and the lease alone decides.
create table engine.workers (
  worker text primary key,
  sleeping boolean not null default false,
  -- It has steps under way, but room for more and nothing else to do.
  at_work boolean not null default false,
  -- It is awake, has room, and looks for work before it sleeps: until then nobody else need be woken.
  looks_until timestamptz,
  seen_at timestamptz not null default now(),
  pid int,
  session_started timestamptz,
  -- It listens for its name; a worker that does not is woken by whoever listens for none.
  hears boolean not null default false,
  -- Most steps it has at the same time, and the processors it shares with the database; null when it does not say.
  slots int,
  -- What it reported last took it some milliseconds a step.
  quick boolean not null default false,
  database_cores int,
  -- No lease of this worker ends later than so long from now.
  lease_ms int not null default 15000,
  -- Since when its session is known to be gone. The row stays for one lease: a claim that was under way may still commit.
  vanished_at timestamptz,
  constraint session_has_a_start check ((pid is null) = (session_started is null))
);

create index workers_sleeping on engine.workers (worker) where sleeping;
