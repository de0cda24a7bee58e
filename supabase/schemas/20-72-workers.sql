-- Workers that sleep and want to be woken; a sleeper is marked awake by the transaction that wakes it.
create table engine.workers (
  worker text primary key,
  sleeping boolean not null default false,
  seen_at timestamptz not null default now()
);

create index workers_sleeping on engine.workers (worker) where sleeping;
