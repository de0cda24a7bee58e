-- The tools an MCP connection offered when it was last asked. A plan pins `schema_hash`; another hash is another tool.
create table public.tools (
  workspace_id uuid not null,
  connection text not null,
  name text not null check (length(name) between 1 and 256),
  title text not null default '',
  description text not null default '',
  input_schema jsonb not null,
  output_schema jsonb,
  annotations jsonb not null default '{}',
  effect text not null check (effect in ('pure', 'read', 'idempotent', 'at_most_once')),
  effect_from text not null check (effect_from in ('annotation', 'author', 'default')),
  schema_hash text not null check (schema_hash ~ '^[0-9a-f]{64}$'),
  status text not null default 'active' check (status in ('active', 'changed', 'missing')),
  seen_at timestamptz not null default now(),
  primary key (workspace_id, connection, name),
  foreign key (workspace_id, connection) references public.connections (workspace_id, slug) on delete cascade
);
