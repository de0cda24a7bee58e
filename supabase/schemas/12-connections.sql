-- A stored way to reach something outside. The secret lies apart, in engine.connection_secrets, and is never read back.
create table public.connections (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
  kind text not null check (kind in ('http', 'mcp', 'anthropic', 'openai', 'openai-compatible', 'signing')),
  title text not null check (length(btrim(title)) between 1 and 120),
  base_url text check (base_url ~ '^https?://'),
  hosts text[] not null default '{}',
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  has_secret boolean not null default false,
  -- {maxParallel?, max?, per?}: attempts that use it at once, and attempts begun per second, minute, hour or day; null is without limit.
  limits jsonb check (jsonb_typeof(limits) = 'object'),
  -- A server asked to be left alone until then.
  held_until timestamptz,
  status text not null default 'active' check (status in ('active', 'failing')),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

create index connections_limited on public.connections (workspace_id, slug) where limits is not null;
