-- Sealed secrets, AES-256-GCM with a key this database does not have. Only engine.get_connection reads them, for the workers.
create table engine.connection_secrets (
  connection_id uuid primary key references public.connections (id) on delete cascade,
  sealed jsonb not null,
  version int not null default 1,
  updated_at timestamptz not null default now()
);

alter table engine.connection_secrets enable row level security;
