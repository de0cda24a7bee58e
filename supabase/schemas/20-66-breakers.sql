-- Hosts whose calls fail, by workspace: a row from the first failure until a minute without one. While `opened_at` is set nobody calls the
-- host but a probe now and then; the steps that want to wait. Times are the database's.
create table engine.breakers (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  host text not null,
  -- Calls counted since then, by how they ended; begun anew after ten seconds, and whenever the breaker opens or closes.
  counted_from timestamptz not null,
  failed int not null,
  answered int not null,
  opened_at timestamptz,
  -- From when on the next call may go through as a probe.
  probe_at timestamptz,
  closed_at timestamptz,
  -- After it closed, waiting steps are given places one after the other: up to then they are given.
  placed_until timestamptz not null default '-infinity',
  tend_at timestamptz not null,
  primary key (workspace_id, host)
) with (fillfactor = 50);

create index breakers_to_tend on engine.breakers (tend_at);
create index breakers_open on engine.breakers (workspace_id, host) where opened_at is not null;
