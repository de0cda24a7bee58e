-- Made of supabase/schemas by scripts/build-migrations.mjs: edit the files there, then run `npm run gen`.

-- 00-engine.sql

-- The schema of the machine, which no API exposes, and the role the workers log in as. Its password is set by the host;
-- without one nobody can log in as it.
create schema if not exists engine;

do $$
begin
  if not exists (select from pg_roles where rolname = 'runboard_engine') then
    create role runboard_engine nologin noinherit;
  end if;
end $$;

-- Nobody logs in as this one: engine.query_rows runs with its rights, which are to read a workspace's runs and nothing else. Whoever
-- migrates has to be a member to give it that function.
do $$
begin
  if not exists (select from pg_roles where rolname = 'runboard_verifier') then
    create role runboard_verifier nologin noinherit;
  end if;
  execute format('grant runboard_verifier to %I', current_user);
end $$;

revoke all on schema engine from public;
grant usage on schema engine to runboard_engine;

-- 00-errors.sql

-- The codes this database raises, in one place. Codes are permanent; clients switch on them.
-- A request that came through REST gets `status`, and a body of code, message, details and hint; see 00-raise.sql. Anywhere else
-- the code is the SQLSTATE of the error.
create table engine.error_codes (
  code text primary key check (code ~ '^RB[0-9]{3}$'),
  status int not null,
  meaning text not null
);

insert into engine.error_codes (code, status, meaning) values
  ('RB001', 409, 'illegal move: a run or step cannot go from this status to that one by this event'),
  ('RB401', 401, 'no session: the request carries no token of a person'),
  ('RB403', 403, 'not allowed: a member, but without the role this needs'),
  ('RB404', 404, 'not found: missing or in a workspace the caller is no member of; the two look the same'),
  ('RB405', 405, 'never changes: the row is only ever added, not changed or deleted'),
  ('RB409', 409, 'conflict: somebody else was faster, or the name is taken'),
  ('RB413', 413, 'too large: over a documented limit'),
  ('RB422', 422, 'invalid: the input does not have the shape or values this needs'),
  ('RB429', 429, 'too many: a limit of the workspace is reached');

alter table engine.error_codes enable row level security;

-- 00-raise.sql

-- Raises one of engine.error_codes with what happened and why (message) and what to do next (hint); every verb calls it.
-- `p_headers` go with the answer to a request that came through REST.
--
-- PostgREST answers 400 to a SQLSTATE it does not know, and @supabase/lite answers 500 and drops code and hint. Both honour the
-- SQLSTATE `PGRST`, whose message and detail are the answer's body and status. Both set `request.method` for each call of a
-- function, so that form is used exactly when it is set.
create function engine.raise(p_code text, p_message text, p_hint text default null, p_details text default null, p_headers jsonb default '{}')
returns void language plpgsql set search_path = ''
as $$
declare
  known_status int;
begin
  if coalesce(current_setting('request.method', true), '') = '' then
    raise exception using errcode = p_code, message = p_message, hint = coalesce(p_hint, ''), detail = coalesce(p_details, '');
  end if;
  select status into known_status from engine.error_codes where code = p_code;
  raise exception using
    errcode = 'PGRST',
    message = jsonb_build_object('code', p_code, 'message', p_message, 'hint', p_hint, 'details', p_details)::text,
    detail = jsonb_build_object('status', coalesce(known_status, 400), 'headers', p_headers)::text;
end $$;

-- 00-refuse-change.sql

-- Refuses UPDATE, DELETE and TRUNCATE; the trigger of tables that are only ever added to.
create function engine.refuse_change()
returns trigger language plpgsql set search_path = ''
as $$
begin
  perform engine.raise(
    'RB405',
    format('Rows of %s are never changed: %s was refused.', tg_table_name, tg_op),
    'Add a new row instead.'
  );
  return null;
end $$;

-- 00-slugify.sql

-- Makes a slug of any text: `Site check #2` becomes `site-check-2`; text without a usable letter becomes the fallback.
create function engine.slugify(p_text text, p_fallback text)
returns text language sql immutable set search_path = ''
as $$
  select coalesce(
    nullif(
      rtrim(left(
        regexp_replace(
          regexp_replace(
            -- Letters with marks become the letter.
            regexp_replace(lower(normalize(p_text, nfkd)), '[\u0300-\u036f]', '', 'g'),
            '[^a-z0-9]+', '-', 'g'
          ),
          '^[^a-z]+', ''
        ),
        48
      ), '-'),
      ''
    ),
    p_fallback
  )
$$;

-- 00-uuid-or-null.sql

-- Reads a uuid out of text somebody else chose; null when it is none, never an error.
create function engine.uuid_or_null(p_text text)
returns uuid language sql immutable set search_path = ''
as $$
  select case
    when p_text ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$' then p_text::uuid
  end
$$;

-- 10-profiles.sql

-- What members of a shared workspace may know of an account. Kept by the triggers of 16-keep-profile.sql.
create table public.profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  email text,
  display_name text not null default ''
);

-- 10-workspaces.sql

-- Everything else hangs off a workspace. Workspaces are never deleted.
create table public.workspaces (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
  name text not null check (length(btrim(name)) between 1 and 80),
  -- Starts beyond so many unfinished runs are refused.
  max_open_runs int not null default 10000 check (max_open_runs between 1 and 1000000),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now()
);

-- 11-audit-log.sql

-- Who did what, chained per workspace: each row's hash covers the row and the hash before it. Only engine.write_audit adds rows.
-- The log outlives what it speaks of, so it references nothing.
create table public.audit_log (
  workspace_id uuid not null,
  n bigint not null check (n > 0),
  actor uuid,
  verb text not null,
  subject text not null,
  data jsonb not null,
  at timestamptz not null,
  prev_hash text not null,
  hash text not null,
  primary key (workspace_id, n)
);

create trigger audit_log_never_changes before update or delete or truncate on public.audit_log
  for each statement execute function engine.refuse_change();

-- 11-first-counts.sql

-- The counts a run of this plan begins with: of the steps that stand in no body and are no rollback's, those that wait for nothing are ready.
create function engine.first_counts(p_plan jsonb)
returns jsonb language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('pending', count(*) filter (where waits), 'ready', count(*) filter (where not waits), 'running', 0, 'waiting', 0,
      'succeeded', 0, 'failed', 0, 'skipped', 0, 'cancelled', 0, 'total', count(*))
    from (
      -- A collector waits for its split, whatever the plan says of it.
      select step -> 'dependsOn' <> '[]' or step ->> 'role' is not distinct from 'collect' as waits
      from jsonb_array_elements(p_plan -> 'steps') as listed (step)
      where step ->> 'within' is null and step ->> 'role' is distinct from 'rollback'
    ) as first);
end $$;

-- 11-lanes.sql

-- The columns of the board. A limit counts live runs when steps are claimed; a paused lane lets nothing new be claimed.
create table public.lanes (
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  name text not null check (name ~ '^[A-Z][A-Z0-9]{0,7}$'),
  title text not null check (length(btrim(title)) between 1 and 40),
  colour text not null check (colour ~ '^#[0-9a-f]{6}$'),
  position int not null,
  wip_limit int check (wip_limit > 0),
  paused boolean not null default false,
  primary key (workspace_id, name)
);

-- Runs name their lane without a reference.
create trigger lanes_never_go before delete or truncate or update of workspace_id, name on public.lanes
  for each statement execute function engine.refuse_change();

-- 11-members.sql

-- Who may do what in a workspace. The roles include each other: owner > editor > operator > viewer. Seeing inputs, outputs, calls
-- and logs is a right of its own.
create table public.members (
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'editor', 'operator', 'viewer')),
  may_see_payloads boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);

create index members_of_user on public.members (user_id);

-- 11-workflows.sql

-- A workflow is a name for its draft and its versions. Runs take the live version.
create table public.workflows (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  slug text not null check (slug ~ '^[a-z][a-z0-9-]{0,62}$'),
  title text not null check (length(btrim(title)) between 1 and 120),
  description text not null default '' check (length(description) <= 2000),
  status text not null default 'active' check (status in ('active', 'paused', 'archived')),
  live_version int,
  -- Slug of the workflow that is started when a run of this one fails; from the settings of the live version.
  error_workflow text,
  is_skill boolean not null default false,
  is_template boolean not null default false,
  tags text[] not null default '{}' check (cardinality(tags) <= 20),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

-- 12-audit-heads.sql

-- The last link of each workspace's audit chain: the lock that numbers rows, and the witness that none was cut off the end.
create table engine.audit_heads (
  workspace_id uuid primary key,
  n bigint not null,
  hash text not null
);

alter table engine.audit_heads enable row level security;

-- 12-connections.sql

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

-- 12-drafts.sql

-- The editable canvas document of a workflow. `revision` counts saves; a save names the revision it started from.
create table public.drafts (
  workflow_id uuid primary key references public.workflows (id) on delete cascade,
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  doc jsonb not null check (jsonb_typeof(doc) = 'object'),
  revision int not null default 1,
  updated_by uuid references auth.users (id) on delete set null,
  updated_at timestamptz not null default now()
);

-- 12-versions.sql

-- Published drafts with their plans. Runs execute these and nothing else; only engine.publish_version adds rows.
create table public.versions (
  workflow_id uuid not null references public.workflows (id) on delete restrict,
  n int not null check (n > 0),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  name text not null default '' check (length(name) <= 120),
  channel text not null check (channel in ('published', 'test')),
  graph jsonb not null,
  plan jsonb not null,
  -- What every start reads, apart: a plan of a thousand steps is a megabyte to unpack.
  plan_title text generated always as (plan ->> 'title') stored,
  plan_input jsonb generated always as (plan -> 'input') stored,
  plan_settings jsonb generated always as (plan -> 'settings') stored,
  plan_counts jsonb generated always as (engine.first_counts(plan)) stored,
  plan_hash text not null check (plan_hash ~ '^[0-9a-f]{64}$'),
  -- No reference: an account that is deleted later must not change this row.
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (workflow_id, n)
);

create index versions_of_workspace on public.versions (workspace_id, created_at desc);

create trigger versions_never_change before update or delete or truncate on public.versions
  for each statement execute function engine.refuse_change();

-- 13-connection-secrets.sql

-- Sealed secrets, AES-256-GCM with a key this database does not have. Only engine.get_connection reads them, for the workers.
create table engine.connection_secrets (
  connection_id uuid primary key references public.connections (id) on delete cascade,
  sealed jsonb not null,
  version int not null default 1,
  updated_at timestamptz not null default now()
);

alter table engine.connection_secrets enable row level security;

-- 13-role-rank.sql

-- Orders the roles: a higher rank may do everything a lower one may; null for a word that is no role.
create function engine.role_rank(p_role text)
returns int language sql immutable set search_path = ''
as $$
  select array_position(array['viewer', 'operator', 'editor', 'owner'], p_role)
$$;

-- 13-tools.sql

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

-- 14-current-user-id.sql

-- The person asking, or null: anonymous sign-ins carry the role `authenticated` too, and count as nobody.
create function engine.current_user_id()
returns uuid language sql stable set search_path = ''
as $$
  select case when coalesce(auth.jwt() ->> 'is_anonymous', 'false') <> 'true' then auth.uid() end
$$;

-- 14-has-role.sql

-- Whether an account has one of these roles in a workspace; the account is the caller unless named.
create function engine.has_role(p_workspace uuid, p_roles text[], p_user uuid default engine.current_user_id())
returns boolean language sql stable set search_path = ''
as $$
  select exists (
    select from public.members where workspace_id = p_workspace and user_id = p_user and role = any (p_roles)
  )
$$;

-- 14-may-see-payloads.sql

-- Whether the caller may see inputs, outputs, calls, logs and files of a workspace.
create function engine.may_see_payloads(p_workspace uuid)
returns boolean language sql stable set search_path = ''
as $$
  select exists (
    select from public.members
    where workspace_id = p_workspace and user_id = engine.current_user_id() and may_see_payloads
  )
$$;

-- 14-my-payload-workspaces.sql

-- The workspaces in which the caller may see inputs, outputs, calls, logs and files; policies call it once per query.
create function engine.my_payload_workspaces()
returns uuid[] language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(workspace_id), '{}')
  from public.members
  where user_id = engine.current_user_id() and may_see_payloads
$$;

-- 14-my-workspaces.sql

-- The workspaces in which the caller has at least this role; policies call it once per query, not once per row.
create function engine.my_workspaces(p_least text default 'viewer')
returns uuid[] language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(workspace_id), '{}')
  from public.members
  where user_id = engine.current_user_id() and engine.role_rank(role) >= engine.role_rank(p_least)
$$;

-- 15-audit-hash.sql

-- The hash of one audit row: SHA-256 over the row as a JSON array and the hash before it, 64 lower-case hex characters.
create function engine.audit_hash(
  p_workspace uuid, p_n bigint, p_actor uuid, p_verb text, p_subject text, p_data jsonb, p_at timestamptz, p_prev_hash text
)
returns text language sql immutable set search_path = ''
as $$
  select encode(
    sha256(convert_to(
      jsonb_build_array(
        p_prev_hash, p_workspace, p_n, p_actor, p_verb, p_subject, p_data, (extract(epoch from p_at) * 1000000)::bigint
      )::text,
      'UTF8'
    )),
    'hex'
  )
$$;

-- 15-my-peers.sql

-- The caller and everybody who shares a workspace with them; the policy of profiles calls it once per query.
create function engine.my_peers()
returns uuid[] language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(distinct user_id), '{}')
  from (
    select engine.current_user_id() as user_id where engine.current_user_id() is not null
    union all
    select user_id from public.members where workspace_id = any (engine.my_workspaces())
  ) as peers
$$;

-- 15-require-role.sql

-- Ends the verb unless the account has at least this role in the workspace, and returns the account. A workspace that does not
-- exist and one the account is no member of get the same answer: RB404, about `p_what`. Every verb calls it first.
create function engine.require_role(
  p_workspace uuid,
  p_least text,
  p_what text default 'workspace',
  p_user uuid default engine.current_user_id()
)
returns uuid language plpgsql stable set search_path = ''
as $$
declare
  actual_role text;
begin
  if p_user is null then
    perform engine.raise('RB401', 'Nobody is signed in.', 'Sign in and try again.');
  end if;
  select role into actual_role from public.members where workspace_id = p_workspace and user_id = p_user;
  if actual_role is null then
    perform engine.raise(
      'RB404',
      format('There is no such %s, or you are not a member of its workspace.', p_what),
      'Check the address, or ask an owner of the workspace to add you.'
    );
  end if;
  if engine.role_rank(actual_role) < engine.role_rank(p_least) then
    perform engine.raise(
      'RB403',
      format('Your role here is %s; this needs %s.', actual_role, p_least),
      'Ask an owner of the workspace for the role.'
    );
  end if;
  return p_user;
end $$;

-- 15-verify-audit.sql

-- Checks a workspace's audit chain and returns the number of the first row that is wrong or missing; null when all is well.
create function engine.verify_audit(p_workspace uuid)
returns bigint language sql stable set search_path = ''
as $$
  with checked as (
    select
      n,
      n = row_number() over in_order
        and prev_hash = coalesce(lag(hash) over in_order, repeat('0', 64))
        and hash = engine.audit_hash(workspace_id, n, actor, verb, subject, data, at, prev_hash) as is_right
    from public.audit_log
    where workspace_id = p_workspace
    window in_order as (order by n)
  ),
  ending as (
    select coalesce(max(n), 0) as n from checked
  )
  select coalesce(
    (select min(n) from checked where not is_right),
    (select ending.n + 1 from ending, engine.audit_heads as head where head.workspace_id = p_workspace and head.n <> ending.n)
  )
$$;

-- 15-write-audit.sql

-- Adds one audit row: who (null: the system) did what (verb) to what (subject). The head's row lock numbers the rows and is held
-- until commit, so verbs call this last.
create function engine.write_audit(p_workspace uuid, p_actor uuid, p_verb text, p_subject text, p_data jsonb default '{}')
returns void language plpgsql set search_path = ''
as $$
declare
  head engine.audit_heads;
  this_hash text;
  this_at constant timestamptz := clock_timestamp();
begin
  insert into engine.audit_heads (workspace_id, n, hash) values (p_workspace, 0, repeat('0', 64))
  on conflict (workspace_id) do nothing;
  select * into head from engine.audit_heads where workspace_id = p_workspace for update;
  this_hash := engine.audit_hash(
    p_workspace, head.n + 1, p_actor, p_verb, p_subject, coalesce(p_data, '{}'), this_at, head.hash
  );
  insert into public.audit_log (workspace_id, n, actor, verb, subject, data, at, prev_hash, hash)
  values (p_workspace, head.n + 1, p_actor, p_verb, p_subject, coalesce(p_data, '{}'), this_at, head.hash, this_hash);
  update engine.audit_heads set n = head.n + 1, hash = this_hash where workspace_id = p_workspace;
end $$;

-- 16-keep-profile.sql

-- Keeps a profile for every account. The display name starts as the part of the address before the @.
create function engine.keep_profile()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.profiles (user_id, email, display_name)
  values (new.id, new.email, split_part(coalesce(new.email, ''), '@', 1))
  on conflict (user_id) do update set email = excluded.email;
  return null;
end $$;

create trigger runboard_keeps_a_profile after insert or update of email on auth.users
  for each row execute function engine.keep_profile();

insert into public.profiles (user_id, email, display_name)
select id, email, split_part(coalesce(email, ''), '@', 1) from auth.users
on conflict (user_id) do nothing;

-- 20-09-rulings.sql

-- What is decided about a run whose steps are due: go; hold, and what it waits for; busy, because somebody else is deciding about its
-- lane or key right now; or limits, because those of its workflow have to be looked at yet.
create type engine.ruling as (run_id uuid, verdict text, reason jsonb);

-- 20-10-runs.sql

-- One run of one version. The row is the lock of everything below it: whoever changes a run, its steps, attempts or
-- events locks this row first and the steps after it, or takes it with `skip locked`; never the other way round.
create table public.runs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null,
  workflow_id uuid not null,
  version int not null,
  plan_hash text not null,
  title text not null,
  mode text not null default 'live',
  status text not null default 'queued',
  waiting_for jsonb,
  lane text not null,
  priority int not null default 100,
  deadline_at timestamptz,
  trigger jsonb not null default '{"kind": "manual"}',
  idempotency_key text,
  retry_of uuid,
  retry_mode text,
  retry_count int not null default 0,
  key_run uuid not null,
  parent_run_id uuid,
  parent_step text,
  parent_item int[],
  counts jsonb not null default
    '{"pending": 0, "ready": 0, "running": 0, "waiting": 0, "succeeded": 0, "failed": 0, "skipped": 0, "cancelled": 0, "total": 0}',
  usage jsonb not null default
    '{"llmCalls": 0, "toolCalls": 0, "httpCalls": 0, "tokensIn": 0, "tokensOut": 0, "costUsd": 0, "activeMs": 0}',
  -- A new run's event is number 1.
  last_seq bigint not null default 1,
  proof_head text,
  proof_count int not null default 0,
  error jsonb,
  cancel_requested_at timestamptz,
  cancelled_by uuid,
  -- Set when the run began to undo its steps: it is never resumed in place.
  rolled_back_at timestamptz,
  -- While it does so: how it will end, as `{status, error, cancelRequestedAt, cancelledBy}`. To everything else it is an ordinary run then.
  ending jsonb,
  -- A limit of zero a person set: what runs ends, nothing else is claimed.
  paused_at timestamptz,
  paused_by uuid,
  max_parallel int not null default 32,
  -- Of a workflow with concurrency per key: the key of this run, and how many runs with it may be admitted at once.
  limit_key text,
  limit_max int,
  -- Of a workflow with a rate limit: the key ('' without one), how many runs per so many milliseconds, and the moment this run counts at:
  -- its admission, or before it the place it was given in the queue.
  rate_key text,
  rate_max int,
  rate_ms bigint,
  rate_at timestamptz,
  -- Of a workflow with debounce: starts with the same key replace this run's input while it has not started.
  debounce_key text,
  -- What the run may use, {tokens, costUsd, calls, activeMs}; null when nothing is limited. The warning names the one that is 80 % gone.
  budgets jsonb,
  budget_warning text,
  -- Set while the run counts towards its lane's limit: from its first claim to its end.
  admitted_at timestamptz,
  last_move text not null default 'run.queued',
  -- The number of the run's own latest event; set by the trigger that numbers moves.
  move_seq bigint not null default 1,
  created_by uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- No foreign keys: a run that is changed twice in a transaction has all of them checked again, which locks the same rows of workspaces, lanes and
  -- versions for everybody. None of those rows ever goes: a workspace is held by its lanes, lanes and versions refuse it themselves.
  -- What else must hold is checked by engine.number_run_move: every statement reads constraints anew from their text.
  constraint mode_is_known check (mode in ('live', 'dry_run', 'sandbox'))
) with (fillfactor = 70);

create index runs_by_workspace on public.runs (workspace_id, created_at desc, id);
create index runs_by_workflow on public.runs (workflow_id, version, created_at desc);
create unique index runs_idempotency_key on public.runs (workflow_id, idempotency_key) where idempotency_key is not null;
create index runs_open on public.runs (workspace_id, lane) where finished_at is null;
create index runs_admitted on public.runs (workspace_id, lane) where admitted_at is not null;
create index runs_deadline on public.runs (deadline_at) where deadline_at is not null and finished_at is null;
create index runs_cancelling on public.runs (cancel_requested_at) where cancel_requested_at is not null and finished_at is null;
create index runs_by_parent on public.runs (parent_run_id) where parent_run_id is not null;
create index runs_by_retry on public.runs (retry_of) where retry_of is not null;
create index runs_limit_admitted on public.runs (workflow_id, limit_key) where limit_key is not null and admitted_at is not null;
create index runs_limit_held on public.runs (workflow_id, limit_key, priority, created_at)
  where limit_key is not null and admitted_at is null and finished_at is null;
create index runs_rate on public.runs (workflow_id, rate_key, rate_at) where rate_at is not null;
create index runs_debouncing on public.runs (workflow_id, debounce_key)
  where debounce_key is not null and started_at is null and finished_at is null;
create index runs_held on public.runs (workspace_id, lane) where waiting_for ->> 'kind' = 'lane';

-- 20-11-run-payloads.sql

-- What a run was given and what it gave back: apart from the run, so that a list never reads them.
create table public.run_payloads (
  -- The reference is also what lets the API answer a run together with its payload.
  run_id uuid primary key references public.runs (id) on delete cascade,
  workspace_id uuid not null,
  input jsonb not null default '{}',
  output jsonb,
  -- `{step, inputs}` of a from_step retry whose inputs a person replaced.
  override jsonb
);

-- 20-12-queue-depths.sql

-- How many unfinished runs a workspace had when they were last counted: tells starts whether they have to count. Never more than a hint.
create table engine.queue_depths (
  workspace_id uuid primary key references public.workspaces (id) on delete cascade,
  open_runs int not null
);

-- 20-18-step-sets.sql

-- How engine functions hand sets of steps to each other.
create type engine.step_ref as (run_id uuid, step_key text, item_path int[]);

-- Dependencies of one waiting step that ended: so many as it asked, so many otherwise.
create type engine.token as (run_id uuid, step_key text, item_path int[], met int, dead int);

-- A step and the status it has now.
create type engine.moved as (run_id uuid, step_key text, item_path int[], status text);

-- A StepReport (core/worker.ts) as a row. `error_detail` is the part of the error that quotes payloads; with `checks` the work stands.
create type engine.step_report as (
  run_id uuid, step_key text, item_path int[], attempt int, outcome text, output jsonb, output_is_fallback boolean, port text,
  error jsonb, park jsonb, inputs jsonb, calls jsonb, proofs jsonb, artifacts jsonb, logs jsonb, active_ms bigint, waiting_for jsonb,
  error_detail jsonb, checks jsonb,
  -- Of the step itself; known once the fence has let the report pass.
  plan_step bigint, workspace_id uuid, role text, verification text,
  -- What the worker did after it, ahead of the record; `nth` is 0 for a step that was claimed and counts those done ahead of it. A step
  -- whose only follower was done ahead gives its dependents nothing more.
  ahead jsonb, nth int, gives boolean);

-- A move of a step, or (without `move`) a step inserted into a body.
create type engine.step_change as (
  run_id uuid, step_key text, item_path int[], from_status text, to_status text, move text, attempt int, rank int, data jsonb);

-- What a set of reports asks for. `plain`: every step ended by itself; nothing failed, parked, split or leads into a body.
create type engine.report_facts as (
  plain boolean, proofs boolean, calls boolean, artifacts boolean, records boolean, items boolean, ahead boolean);

-- What whoever inserts a run says of it; lane and priority always. `override` of a from_step retry: {step, inputs}.
create type engine.run_facts as (
  id uuid, title text, mode text, lane text, priority int, trigger jsonb, idempotency_key text, retry_of uuid, retry_mode text, key_run uuid,
  parent_run_id uuid, parent_step text, parent_item int[], limit_key text, limit_max int, rate_key text, rate_max int, rate_ms bigint,
  debounce_key text, budgets jsonb, created_by uuid, override jsonb);

-- 20-19-step-read.sql

-- One value a step reads from another: `part` is output, status or error, or null for all; `depth` is the other's.
create type engine.step_read as (step_key text, part text, port text, depth int);

-- 20-20-plan-steps.sql

-- The fixed facts of a version's steps, laid out for claiming: filled once by publishing, read by every claim.
create table engine.plan_steps (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  workflow_id uuid not null,
  version int not null,
  step_key text not null,
  kind text not null,
  role text,
  node_id text not null,
  title text not null,
  rank int not null,
  effect text not null,
  -- Its output is checked before it counts.
  has_checks boolean not null,
  on_failure text not null,
  join_mode text not null,
  total_deps int not null default 0,
  -- Whether steps inside of bodies depend on it from outside.
  leads_deeper boolean not null default false,
  -- The collectors of the bodies the step stands in, outermost first; as long as its item path.
  bodies text[] not null,
  -- The last of them.
  within text,
  -- Which of them is the innermost map, and which the innermost repeat.
  item_depth int,
  turn_depth int,
  retry jsonb not null,
  max_attempts int not null,
  timeout_ms int not null,
  deadline_ms bigint,
  step_hash text not null,
  -- The part of a ClaimedStep that is the same in every run; json, because claims only copy its text, and that without the closing brace.
  definition json not null,
  head text generated always as (left(definition::text, -1)) stored,
  -- What the claim puts into the scope.
  vars jsonb,
  reads_roots text[] not null,
  reads_input text[] not null,
  reads_steps engine.step_read[] not null,
  -- The connections it names, if any; gated while one of them has limits.
  connections text[],
  gated boolean not null default false,
  -- The steps a worker may do right after this one, in this order: see engine.lay_out_ahead; of a split, for each item: see
  -- engine.lay_out_bodies_ahead. What comes next in such a row wants this port, if any.
  ahead bigint[],
  ahead_port text,
  -- Whether they read anything but each other.
  ahead_reads boolean not null default false,
  -- Of a container's parts: the key of its collector, and its settings.
  collector text,
  -- Of an item whose result is its index or a step's output, nothing more: the parts of that path.
  result_path text[],
  map_config jsonb,
  foreign key (workflow_id, version) references public.versions (workflow_id, n),
  unique (workflow_id, version, step_key)
);

create index plan_steps_rollback on engine.plan_steps (workflow_id, version) where role = 'rollback';

-- 20-21-plan-deps.sql

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

-- 20-30-steps.sql

-- One step of one run, or one item's instance of a step in a map body. Narrow and rewritten often: what is fixed lives in
-- engine.plan_steps, what is large in step_payloads. What must hold of a row is checked by its triggers (40-20, 40-21) and not by constraints,
-- which every statement reads anew from their text; that it goes with its run is seen to by engine.delete_run_parts.
create table public.steps (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  workspace_id uuid not null,
  plan_step bigint not null,
  node_id text not null,
  kind text not null,
  role text,
  title text not null,
  rank int not null,
  priority int not null,
  -- The run's: claims take lanes in turn.
  lane text not null default '',
  status text not null,
  last_move text not null default 'step.ready',
  waiting_for jsonb,
  attempt int not null default 0,
  attempt_limit int not null,
  tries int not null default 0,
  crashes int not null default 0,
  remaining_deps int not null default 0,
  dead_deps int not null default 0,
  -- ready: since when; waiting: until when.
  due_at timestamptz,
  lease_until timestamptz,
  -- Set at the first start of a step that has a deadline for all its attempts and waits together.
  deadline_at timestamptz,
  worker text,
  start_marker_at timestamptz,
  port text,
  output_is_fallback boolean not null default false,
  -- The stored output is work that stands: whatever the step does next repeats its checks alone.
  keeps_output boolean not null default false,
  reused_from uuid,
  error jsonb,
  verification text not null default 'none',
  items_total int,
  items_started int not null default 0,
  items_done int not null default 0,
  items_failed int not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (run_id, step_key, item_path)
) with (fillfactor = 70);

create index steps_ready on public.steps (workspace_id, lane, priority, due_at) where status = 'ready';
-- Said by columns that go with the statuses: a query that asks for `status = 'running'` by key must not be answered from here, which holds
-- every running step of the installation.
create index steps_due on public.steps ((coalesce(lease_until, due_at))) where lease_until is not null or waiting_for is not null;
create index steps_deadline on public.steps (deadline_at) where deadline_at is not null and finished_at is null;
create index steps_at_limit on public.steps (workspace_id, (waiting_for ->> 'ref')) where waiting_for ->> 'kind' = 'limit';

-- 20-31-step-payloads.sql

-- What a step put out, as JSON or as a reference to a file.
create table public.step_payloads (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  workspace_id uuid not null,
  output jsonb,
  -- How far the checks of kept work are: KeptChecks (core/worker.ts).
  checks jsonb,
  primary key (run_id, step_key, item_path)
);

-- 20-32-items.sql

-- The values a map runs over, one row per item, so that a claim reads one item and not the whole list.
create table engine.items (
  run_id uuid not null,
  collector text not null,
  item_path int[] not null,
  value jsonb not null,
  primary key (run_id, collector, item_path)
);

-- 20-40-attempts.sql

-- One execution of a step. `n` is the fence: a report that carries an older one changes nothing.
create table public.attempts (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  n int not null,
  workspace_id uuid not null,
  worker text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  queued_ms bigint not null default 0,
  outcome text,
  error jsonb,
  start_marker_at timestamptz,
  active_ms bigint not null default 0,
  primary key (run_id, step_key, item_path, n),
  constraint outcome_is_known check (
    outcome in ('succeeded', 'failed', 'skipped', 'parked', 'handed_over', 'cancelled', 'lost')),
  constraint ended_has_an_outcome check ((outcome is null) = (finished_at is null))
) with (fillfactor = 70);

-- 20-41-attempt-payloads.sql

-- What an attempt read, whom it called, what it logged, and what its error quotes of the other side.
create table public.attempt_payloads (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  n int not null,
  workspace_id uuid not null,
  inputs jsonb,
  calls jsonb not null default '[]',
  logs jsonb not null default '[]',
  error_detail jsonb,
  primary key (run_id, step_key, item_path, n)
);

-- 20-50-run-events.sql

-- Every move of a run and its steps, numbered densely per run; written by the move triggers and by nothing else.
-- Partitioned by the run's creation so that one run stays in one partition; partitions live in `engine`, out of the API.
create table public.run_events (
  run_created_at timestamptz not null,
  run_id uuid not null,
  seq bigint not null,
  workspace_id uuid not null,
  kind text not null,
  step_key text,
  item_path int[],
  status text not null,
  attempt int,
  at timestamptz not null,
  data jsonb not null default '{}',
  counts jsonb,
  primary key (run_id, seq, run_created_at)
) partition by range (run_created_at);

create table engine.run_events_default partition of public.run_events default;

-- 20-60-proofs.sql

-- What verifiers found: a chain per run, each proof holding the hash of the one before it.
create table public.proofs (
  run_id uuid not null references public.runs (id) on delete cascade,
  n int not null,
  workspace_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  attempt int not null,
  verifier text not null,
  kind text not null,
  required boolean not null,
  verdict text not null,
  score double precision,
  evidence jsonb not null,
  evidence_hash text not null,
  prev_hash text not null,
  hash text not null,
  at timestamptz not null,
  primary key (run_id, n),
  constraint verdict_is_known check (verdict in ('passed', 'failed', 'error'))
);

create index proofs_by_step on public.proofs (run_id, step_key);

-- 20-61-artifacts.sql

-- Results kept for people to look at.
create table public.artifacts (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text,
  item_path int[] not null default '{}',
  attempt int,
  workspace_id uuid not null,
  kind text not null,
  title text not null,
  mime text not null,
  bytes bigint not null,
  sha256 text not null,
  body text,
  path text,
  url text,
  created_at timestamptz not null default now(),
  constraint exactly_one_content check (num_nonnulls(body, path, url) = 1)
);

create index artifacts_by_run on public.artifacts (run_id, step_key);

-- 20-62-approvals.sql

-- What waits for a person: approvals, forms, and steps whose outcome nobody knows (`reconcile`).
create table public.approvals (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null default '{}',
  attempt int not null,
  workspace_id uuid not null,
  purpose text not null,
  title text not null,
  message text,
  payload jsonb,
  editable jsonb,
  form jsonb,
  approvers jsonb not null default '{"roles": ["operator"], "users": [], "quorum": 1}',
  on_timeout text not null default 'fail',
  status text not null default 'open',
  votes jsonb not null default '[]',
  response jsonb,
  opened_at timestamptz not null,
  expires_at timestamptz,
  decided_at timestamptz,
  constraint purpose_is_known check (purpose in ('approval', 'form', 'verifier', 'reconcile')),
  constraint status_is_known check (status in ('open', 'approved', 'rejected', 'submitted', 'expired', 'cancelled')),
  constraint on_timeout_is_known check (on_timeout in ('fail', 'rejected')),
  constraint decided_has_a_time check ((status = 'open') = (decided_at is null))
);

create unique index approvals_one_open on public.approvals (run_id, step_key, item_path) where status = 'open';
create index approvals_by_workspace on public.approvals (workspace_id, status, opened_at desc);
create index approvals_by_run on public.approvals (run_id);

-- 20-63-signals.sql

-- Signals that came before the step that waits for them: kept per run, at most 100 of them, and taken once.
create table engine.signals (
  id bigint generated always as identity primary key,
  run_id uuid not null references public.runs (id) on delete cascade,
  name text not null,
  payload jsonb not null,
  sent_by uuid,
  sent_at timestamptz not null
);

create index signals_by_run on engine.signals (run_id, name, id);

-- What a step waiting for a signal takes: the name, and values the signal must have at its paths. A row counts while its step waits.
create table engine.signal_waits (
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null,
  name text not null,
  match jsonb not null,
  on_timeout text not null,
  opened_at timestamptz not null,
  primary key (run_id, step_key, item_path),
  constraint on_timeout_is_known check (on_timeout in ('fail', 'continue'))
);

-- 20-64-budget-reservations.sql

-- What running attempts of runs with a budget hold of it: what their calls have used so far, and the most the next one may use. A row counts
-- only while its attempt runs, so an attempt that ends, however it ends, gives back what it did not report.
create table engine.budget_reservations (
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null,
  attempt int not null,
  tokens bigint not null,
  cost_usd numeric not null,
  calls int not null,
  primary key (run_id, step_key, item_path, attempt)
);

-- 20-65-connection-uses.sql

-- Attempts that use a connection with limits: a row counts as live while its attempt runs, and towards the rate from `at` on. A row whose `at`
-- lies ahead is the place of a step that waits for its turn.
create table engine.connection_uses (
  workspace_id uuid not null,
  slug text not null,
  run_id uuid not null references public.runs (id) on delete cascade,
  step_key text not null,
  item_path int[] not null,
  attempt int not null,
  at timestamptz not null,
  primary key (run_id, step_key, item_path, slug)
);

create index connection_uses_by_time on engine.connection_uses (workspace_id, slug, at);

-- 20-66-breakers.sql

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

-- 20-70-step-moves.sql

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

-- 20-71-run-moves.sql

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

-- 20-72-workers.sql

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

-- 20-73-rejections.sql

-- Reports that changed nothing, because their attempt was not the current one.
create table engine.rejections (
  id bigint generated always as identity primary key,
  run_id uuid,
  step_key text,
  item_path int[],
  attempt int,
  worker text not null,
  outcome text,
  current_attempt int,
  current_status text,
  at timestamptz not null
);

create index rejections_by_time on engine.rejections (at);

-- 20-74-deliveries.sql

-- Messages from one run to another: a transaction that holds a run's lock never waits for a second run, it leaves a
-- message here, delivered at once when the other run is free and by the sweep when it is not.
create table engine.deliveries (
  id bigint generated always as identity primary key,
  run_id uuid not null references public.runs (id) on delete cascade,
  kind text not null,
  step_key text,
  item_path int[],
  payload jsonb not null default '{}',
  constraint kind_is_known check (kind in ('child_ended', 'cancel', 'signal'))
);

create index deliveries_by_run on engine.deliveries (run_id);

-- 20-75-operations.sql

-- One verb on many runs, worked off in slices by the sweep. Which runs is decided when it is made (public.operation_runs); what people see
-- here is how far it is. `canary` says, per stage, how many runs may be done before those done so far have ended.
create table public.operations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id),
  verb text not null,
  filter jsonb not null,
  options jsonb not null default '{}',
  canary int[],
  stage int not null default 1,
  status text not null default 'running',
  reason text,
  total int not null,
  done int not null default 0,
  set_aside int not null default 0,
  failed int not null default 0,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint verb_is_known check (verb in ('retry', 'cancel', 'move')),
  constraint status_is_known check (status in ('running', 'done', 'stopped', 'aborted')),
  constraint ended_has_a_time check ((status = 'running') = (finished_at is null)),
  constraint stopped_says_why check (status <> 'stopped' or reason is not null),
  constraint never_more_than_all check (done + set_aside + failed <= total)
);

create index operations_by_workspace on public.operations (workspace_id, created_at desc);
create index operations_running on public.operations (touched_at) where status = 'running';

-- 20-75-triggers.sql

-- What starts a workflow without a person: the triggers of its live version, kept by key, so that a webhook keeps its address when the
-- workflow is published again. `compiled` holds what is needed to make an input of an event: {map, base, input, vars, version}.
create table public.triggers (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  workflow_id uuid not null references public.workflows (id) on delete cascade,
  key text not null,
  kind text not null,
  config jsonb not null default '{}',
  compiled jsonb not null default '{}',
  -- False once the live version has it no more; it comes back with its address.
  live boolean not null default true,
  enabled boolean not null default true,
  -- The workflow whose ending it waits for. No reference: a second one to workflows would make embedding over REST ambiguous.
  source_id uuid,
  -- A schedule's: slots up to `cursor_at` are dealt with, and at `next_at` it is looked at again.
  cursor_at timestamptz,
  next_at timestamptz,
  last_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workflow_id, key),
  constraint kind_is_known check (kind in ('trigger-webhook', 'trigger-schedule', 'trigger-workflow')),
  constraint only_schedules_have_a_next_time check (next_at is null or kind = 'trigger-schedule')
);

create index triggers_of_workspace on public.triggers (workspace_id, workflow_id);
create index triggers_due on public.triggers (next_at) where next_at is not null and live and enabled;
create index triggers_following on public.triggers (source_id) where source_id is not null and live and enabled;

-- 20-76-hook-paths.sql

-- The secret address of a webhook, apart from the trigger, because whoever knows it may start the workflow: editors read it.
create table public.hook_paths (
  trigger_id uuid primary key references public.triggers (id) on delete cascade,
  workspace_id uuid not null,
  path text not null unique check (path ~ '^[0-9a-f]{48}$')
);

-- 20-76-operation-runs.sql

-- The runs of an operation, one row each, changed in the transaction that does the verb: so each is done exactly once, whatever crashes.
-- `watched`: done in a canary stage, and the run it goes on as (`made`) has not ended yet.
create table public.operation_runs (
  operation_id uuid not null references public.operations (id) on delete cascade,
  run_id uuid not null references public.runs (id) on delete cascade,
  workspace_id uuid not null,
  n int not null,
  status text not null default 'pending',
  reason text,
  made uuid,
  prior_code text,
  watched boolean not null default false,
  at timestamptz,
  primary key (operation_id, run_id),
  constraint status_is_known check (status in ('pending', 'done', 'set_aside', 'failed')),
  constraint refused_says_why check (status not in ('set_aside', 'failed') or reason is not null)
);

create index operation_runs_pending on public.operation_runs (operation_id, n) where status = 'pending';
create index operation_runs_watched on public.operation_runs (operation_id) where watched;
create index operation_runs_by_run on public.operation_runs (run_id);

-- 20-77-firings.sql

-- One thing that happened to a trigger, written before anything is done about it: a delivery, a slot of a schedule, a run that ended.
-- The unique key makes each start one run, however often it is told. Rows are removed 30 days after they are closed.
create table public.firings (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references public.workspaces (id) on delete restrict,
  workflow_id uuid not null references public.workflows (id) on delete cascade,
  -- Null for the word of a failure to the error workflow, which needs no trigger.
  trigger_id uuid references public.triggers (id) on delete cascade,
  dedupe_key text not null,
  body_hash text,
  status text not null default 'pending',
  due_at timestamptz not null,
  slot_at timestamptz,
  source_run uuid,
  depth int not null default 0,
  tries int not null default 0,
  run_id uuid,
  error jsonb,
  created_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  unique nulls not distinct (workflow_id, trigger_id, dedupe_key),
  constraint status_is_known check (status in ('pending', 'held', 'fired', 'skipped', 'failed')),
  constraint fired_has_a_run check ((status = 'fired') = (run_id is not null)),
  constraint closed_has_a_time check ((status in ('fired', 'skipped', 'failed')) = (closed_at is not null))
);

create index firings_due on public.firings (due_at) where status = 'pending';
create index firings_held on public.firings (trigger_id, id) where status = 'held';
create index firings_of_trigger on public.firings (trigger_id, id desc);
create index firings_of_workspace on public.firings (workspace_id, id desc);
create index firings_closed on public.firings (closed_at) where closed_at is not null;

-- 20-78-firing-payloads.sql

-- What a webhook was sent, as it came: `event` is everything but the body; the body lies in `raw`, or, over 64 KB, in the file `raw_path`.
create table public.firing_payloads (
  firing_id bigint primary key references public.firings (id) on delete cascade,
  workspace_id uuid not null,
  event jsonb not null,
  raw bytea,
  raw_path text
);

-- 20-80-rollups.sql

-- What happened per workflow, lane and hour: counts and sums that lists and charts read instead of counting runs. They stay when
-- retention removes the runs. A run counts as started in the hour it was created and as ended in the hour it ended; one that is resumed
-- in place is taken out of its old hour and counted again when it ends anew. Kept by engine.fold_rollups.
create table public.rollups (
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  workflow_id uuid not null references public.workflows (id) on delete cascade,
  lane text not null,
  hour timestamptz not null,
  started int not null default 0,
  succeeded int not null default 0,
  failed int not null default 0,
  cancelled int not null default 0,
  -- Ends of runs that had been resumed before.
  resumed int not null default 0,
  -- Sums over ended runs: from creation to start, and from start to end.
  queued_ms bigint not null default 0,
  duration_ms bigint not null default 0,
  -- Ended runs by duration: up to 0.1, 0.3, 1, 3, 10, 30 s, 1, 5, 30 min, 1, 6 h, longer.
  duration_buckets int[] not null default '{0,0,0,0,0,0,0,0,0,0,0,0}',
  attempts_succeeded int not null default 0,
  attempts_failed int not null default 0,
  attempts_lost int not null default 0,
  attempts_other int not null default 0,
  tokens_in bigint not null default 0,
  tokens_out bigint not null default 0,
  cost_usd numeric not null default 0,
  primary key (workspace_id, hour, workflow_id, lane),
  constraint twelve_buckets check (cardinality(duration_buckets) = 12)
);

create index rollups_by_workflow on public.rollups (workflow_id, hour);

-- 20-81-rollup-deltas.sql

-- Starts and ends of runs that are not in the rollups yet: appended by the trigger that records moves, in the transaction of the move, so
-- that no row is shared by two runs that end at once. No key and no index: it is read whole, by engine.fold_rollups alone.
create table engine.rollup_deltas (
  -- 1 for a start or an end, -1 for an end that a resume undid.
  sign smallint not null,
  -- Null for a start.
  ended text,
  at timestamptz not null,
  run_id uuid not null,
  workspace_id uuid not null,
  workflow_id uuid not null,
  lane text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  retry_count int not null,
  usage jsonb
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- 20-82-totals.sql

-- Figures of the whole installation that only grow, for operators: `attempts.succeeded`, `claim_ms.le_100`, … Kept by engine.fold_rollups.
create table engine.totals (
  name text primary key,
  value numeric not null default 0
) with (fillfactor = 50);

-- 20-83-chores.sql

-- What the sweep does rarely, and when each is due again. `took_ms` is how long the last one took.
create table engine.chores (
  name text primary key,
  due_at timestamptz not null default '-infinity',
  took_ms double precision not null default 0
) with (fillfactor = 50);

insert into engine.chores (name) values ('partitions'), ('retain'), ('sweep');

-- 20-84-file-removals.sql

-- Files in Storage whose run retention removed. Workers delete them over the Storage service, which alone may, and then these rows.
create table engine.file_removals (
  path text primary key,
  due_at timestamptz not null
);

create index file_removals_due on engine.file_removals (due_at);

-- 30-10-code-of.sql

-- The code of an error raised by engine.raise in either of its forms; null for any other error.
create function engine.code_of(p_state text, p_text text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  if p_state like 'RB%' then
    return p_state;
  end if;
  return case p_state when 'PGRST' then p_text::jsonb ->> 'code' end;
exception when invalid_text_representation then
  return null;
end $$;

-- 30-10-now.sql

-- The engine's clock: the database's, moved by the setting `engine.clock_offset` in tests. Leases, retries and timers use only this.
create function engine.now()
returns timestamptz language plpgsql volatile set search_path = ''
as $$
declare
  clock_offset constant text := nullif(current_setting('engine.clock_offset', true), '');
begin
  if clock_offset is null then
    return clock_timestamp();
  end if;
  return clock_timestamp() + clock_offset::interval;
end $$;

-- 30-10-request-header.sql

-- A header of the REST request that called this verb, by its lower-case name; null when there is none or the call came another way.
create function engine.request_header(p_name text)
returns text language plpgsql stable set search_path = ''
as $$
begin
  return nullif(current_setting('request.headers', true), '')::jsonb ->> p_name;
exception when invalid_text_representation then
  return null;
end $$;

-- 30-11-iso-time.sql

-- A time as core's `Time`: ISO 8601, UTC, milliseconds.
create function engine.iso_time(p_at timestamptz)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end $$;

-- 30-12-path-parts.sql

-- Splits a Path (core/binding.ts) into its root and fields: `steps.fetch.output.body[0]["a b"]?` has six parts.
create function engine.path_parts(p_path text)
returns text[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(
    select coalesce(found.part[1], found.part[2], found.part[3])
    from regexp_matches(p_path, '([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\["([^"]*)"\]', 'g') with ordinality as found (part, position)
    order by found.position
  );
end $$;

-- 30-13-time-uuid.sql

-- A UUID of version 7: its first 48 bits are the time in milliseconds, the rest is random. Rows of runs made together so stand together in
-- every index; with random ids each run of a large installation touched pages of its own.
create function engine.time_uuid(p_at timestamptz)
returns uuid language plpgsql volatile set search_path = ''
as $$
begin
  return encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing substring(int8send(floor(extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid;
end $$;

-- 30-20-lay-out-bodies.sql

-- Notes for each step in a body which of the bodies around it is the innermost map and which the innermost repeat: where `item` and `turn`
-- are found. Called by the trigger on versions.
create function engine.lay_out_bodies(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  update engine.plan_steps as step set item_depth = place.item, turn_depth = place.turn
  from (
    select body.bodies, max(n) filter (where container.kind <> 'repeat') as item, max(n) filter (where container.kind = 'repeat') as turn
    from (
      select distinct bodies from engine.plan_steps where (workflow_id, version) = (p_workflow, p_version) and within is not null
    ) as body
    cross join unnest(body.bodies) with ordinality as part (key, n)
    join engine.plan_steps as container
      on (container.workflow_id, container.version, container.step_key) = (p_workflow, p_version, part.key)
    group by body.bodies
  ) as place
  where (step.workflow_id, step.version) = (p_workflow, p_version) and step.within is not null and step.bodies = place.bodies;
end $$;

-- 30-20-lay-out-steps.sql

-- Writes the plan steps of a new version from its plan; called by the trigger on versions.
create function engine.lay_out_steps(p_workspace uuid, p_workflow uuid, p_version int, p_plan jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  insert into engine.plan_steps (
    workspace_id, workflow_id, version, step_key, kind, role, node_id, title, rank, effect, has_checks, on_failure, join_mode, bodies, within,
    retry, max_attempts, timeout_ms, deadline_ms, step_hash, definition, vars, reads_roots, reads_input, reads_steps, collector,
    result_path, map_config
  )
  with recursive plan as (
    select step, step ->> 'key' as step_key, step ->> 'within' as within, position::int as rank
    from jsonb_array_elements(p_plan -> 'steps') with ordinality as listed (step, position)
  ), nesting (step_key, outermost, bodies) as (
    select step_key, within, case when within is null then '{}'::text[] else array[within] end from plan
    union all
    select nesting.step_key, parent.within, parent.within || nesting.bodies
    from nesting join plan as parent on parent.step_key = nesting.outermost and parent.within is not null
  ), placed as (
    select distinct on (step_key) step_key, bodies from nesting order by step_key, cardinality(bodies) desc
  ), read as (
    select step_key, engine.path_parts(path) as part from plan, jsonb_array_elements_text(step -> 'reads') as reads (path)
  ), scope as (
    select read.step_key,
      array_agg(distinct part[1]) as roots,
      array_agg(distinct coalesce(part[2], '*')) filter (where part[1] = 'input') as input,
      bool_or(part[1] = 'vars' and part[2] is null) as all_vars,
      array_agg(distinct part[2]) filter (where part[1] = 'vars') as vars,
      array_agg(distinct (part[2], part[3], case when part[3] = 'output' then part[4] end, cardinality(read_from.bodies))::engine.step_read)
        filter (where part[1] = 'steps' and read_from.step_key is not null) as steps
    from read left join placed as read_from on part[1] = 'steps' and read_from.step_key = part[2]
    group by read.step_key
  )
  select p_workspace, p_workflow, p_version, plan.step_key, step ->> 'kind', step ->> 'role', step ->> 'nodeId', step ->> 'title', rank,
    step ->> 'effect', step -> 'verifiers' <> '[]', coalesce(step ->> 'onFailure', 'fail_run'), coalesce(step ->> 'join', 'all'), placed.bodies, plan.within,
    step -> 'retry', (step -> 'retry' ->> 'maxAttempts')::int, (step ->> 'timeoutMs')::int, (step ->> 'deadlineMs')::bigint,
    step ->> 'stepHash',
    (step - array['key', 'nodeId', 'dependsOn', 'join', 'within', 'reads', 'retry', 'deadlineMs', 'rollback', 'stepHash', 'ports']
      || jsonb_build_object('stepKey', plan.step_key, 'onFailure', coalesce(step ->> 'onFailure', 'fail_run')))::json,
    case
      when scope.all_vars then p_plan -> 'variables'
      else (select json_object_agg(key, value)::jsonb from jsonb_each(p_plan -> 'variables') where key = any (scope.vars))
    end,
    coalesce(scope.roots, '{}'), coalesce(scope.input, '{}'), coalesce(scope.steps, '{}'),
    case step ->> 'role'
      when 'collect' then plan.step_key
      when 'split' then regexp_replace(plan.step_key, '__split$', '')
      when 'item' then plan.within
      when 'turn' then plan.within
    end,
    (select part from engine.path_parts(step -> 'config' -> 'result' ->> 'ref') as part
      where step ->> 'role' = 'item' and not step ? 'when' and (part = '{index}' or (part[1] = 'steps' and part[3] = 'output'))),
    case when step ->> 'role' in ('split', 'turn', 'collect') then (
      select json_object_agg(key, value)::jsonb from plan as part, jsonb_each(part.step -> 'config')
      where part.step ->> 'role' in ('split', 'collect')
        and regexp_replace(part.step_key, '__split$', '') = regexp_replace(plan.step_key, '__(split|turn)$', '')
    ) end
  from plan join placed using (step_key) left join scope using (step_key);
end $$;

-- 30-21-lay-out-deps.sql

-- Writes the edges between the plan steps of a new version; called by the trigger on versions. Two kinds of edges become something
-- else: a body step waits for its item to be started instead of for the split, and a collector waits for its split and is settled
-- by counting (engine.settle_collectors).
create function engine.lay_out_deps(p_workflow uuid, p_version int, p_plan jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  insert into engine.plan_deps (upstream, dependent, n, wanted, port, dependent_key, upstream_depth, dependent_depth)
  select upstream.id, dependent.id, position::int, coalesce(dep ->> 'on', 'succeeded'), dep ->> 'port', dependent.step_key,
    cardinality(upstream.bodies), cardinality(dependent.bodies)
  from jsonb_array_elements(p_plan -> 'steps') as listed (step)
  cross join jsonb_array_elements(step -> 'dependsOn') with ordinality as deps (dep, position)
  join engine.plan_steps as dependent on (dependent.workflow_id, dependent.version, dependent.step_key)
    = (p_workflow, p_version, step ->> 'key')
  join engine.plan_steps as upstream on (upstream.workflow_id, upstream.version, upstream.step_key)
    = (p_workflow, p_version, dep ->> 'step')
  where dependent.role is distinct from 'collect'
    and cardinality(upstream.bodies) <= cardinality(dependent.bodies)
    and not (upstream.role is not distinct from 'split' and upstream.collector is not distinct from dependent.within);

  insert into engine.plan_deps (upstream, dependent, n, wanted, dependent_key, upstream_depth, dependent_depth)
  select split.id, collect.id, 1, 'succeeded', collect.step_key, cardinality(split.bodies), cardinality(collect.bodies)
  from engine.plan_steps as collect
  join engine.plan_steps as split using (workflow_id, version)
  where (collect.workflow_id, collect.version) = (p_workflow, p_version)
    and collect.role = 'collect' and split.role = 'split' and split.collector = collect.step_key;

  update engine.plan_steps as step
  set total_deps = (select count(*) from engine.plan_deps where dependent = step.id)
    + (step.within is not null and step.join_mode = 'all')::int,
    leads_deeper = exists (select from engine.plan_deps where upstream = step.id and upstream_depth < dependent_depth)
  where (step.workflow_id, step.version) = (p_workflow, p_version);
end $$;

-- 30-22-gate-steps.sql

-- Notes which plan steps use a connection that has limits, so that claims look at no connection otherwise. Called when a version is laid out and
-- when a connection's limits change; `p_slug` null means all.
create function engine.gate_steps(p_workspace uuid, p_workflow uuid, p_version int, p_slug text)
returns void language plpgsql set search_path = ''
as $$
begin
  update engine.plan_steps as step set gated = limited.is_limited
  from (
    select plan.id, exists (
      select from public.connections as connection
      where connection.workspace_id = p_workspace and connection.slug = any (plan.connections) and connection.limits is not null) as is_limited
    from engine.plan_steps as plan
    where plan.workspace_id = p_workspace and plan.connections is not null
      and (p_slug is null or p_slug = any (plan.connections))
      and (p_workflow is null or (plan.workflow_id, plan.version) = (p_workflow, p_version))
  ) as limited
  where step.id = limited.id and step.gated <> limited.is_limited;
end $$;

-- 30-22-lay-out-ahead.sql

-- Notes for each pure step of a new version the steps that a worker may do right after it, ahead of the record: pure ones in a row, each of
-- which waits for the one before and for nothing else, and is its only follower. What goes wrong meanwhile costs nothing: none of them
-- changes anything outside, so whatever is not on record is done again.
create function engine.lay_out_ahead(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  with recursive plain as (
    select id, step_key, reads_roots from engine.plan_steps
    where (workflow_id, version) = (p_workflow, p_version) and role is null and effect = 'pure'
      and not has_checks and deadline_ms is null and connections is null
  ), link as (
    select edge.upstream, min(edge.dependent) as dependent, min(edge.port) as port
    from engine.plan_deps as edge join plain on plain.id = edge.upstream
    group by edge.upstream
    having count(*) = 1 and min(edge.upstream_depth) = min(edge.dependent_depth) and min(edge.wanted) <> 'failed'
      and min(edge.dependent) in (select id from plain where reads_roots <@ '{steps,input,vars,item,index}')
      and (select count(*) from engine.plan_deps as other where other.dependent = min(edge.dependent)) = 1
  ), way (first, n, id) as (
    select upstream, 1, dependent from link
    union all
    select way.first, way.n + 1, link.dependent from way join link on link.upstream = way.id where way.n < 15
  )
  update engine.plan_steps as step set ahead = found.ahead, ahead_port = found.port
  from (
    select link.upstream, link.port, array_agg(way.id order by way.n) as ahead
    from link join way on way.first = link.upstream group by link.upstream, link.port
  ) as found
  where step.id = found.upstream;
end $$;

-- 30-23-lay-out-bodies-ahead.sql

-- Notes for each split of a new version the steps of its map's body, if a worker may do them for each item right after the split, ahead of
-- the record: the whole body is one row of pure steps that ends with the item's result, and nothing outside leads into it.
create function engine.lay_out_bodies_ahead(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  with recursive part as (
    select plan.id, plan.within, plan.role, plan.total_deps,
      (plan.role is null or plan.role = 'item') and plan.effect = 'pure' and plan.join_mode = 'all' and not plan.has_checks
        and plan.deadline_ms is null and plan.connections is null and plan.reads_roots <@ '{steps,input,vars,item,index}' as is_plain
    from engine.plan_steps as plan
    where (plan.workflow_id, plan.version) = (p_workflow, p_version) and plan.within is not null and plan.role is distinct from 'rollback'
  ), body as (
    select within, count(*) as size from part group by within
    having bool_and(is_plain) and count(*) <= 16 and count(*) filter (where total_deps = 1) = 1
  ), way (within, n, id, role, port) as (
    select part.within, 1, part.id, part.role, null::text from part join body using (within) where part.total_deps = 1
    union all
    select way.within, way.n + 1, part.id, part.role, edge.port
    from way
    join engine.plan_deps as edge on edge.upstream = way.id and edge.wanted <> 'failed' and edge.upstream_depth = edge.dependent_depth
    join part on part.id = edge.dependent and part.within = way.within and part.total_deps = 2
  ), found as (
    select way.within, array_agg(way.id order by way.n) as ids, array_agg(way.port order by way.n) as ports
    from way join body using (within) group by way.within, body.size
    having count(*) = body.size and max(way.n) = body.size and (array_agg(way.role order by way.n desc))[1] = 'item'
  ), ported as (
    update engine.plan_steps as step set ahead_port = found.ports[place + 1]
    from found cross join lateral unnest(found.ids) with ordinality as listed (id, place)
    where step.id = listed.id
  )
  update engine.plan_steps as split set ahead = found.ids
  from found
  where (split.workflow_id, split.version, split.role, split.kind, split.collector) = (p_workflow, p_version, 'split', 'map', found.within);
end $$;

-- 30-24-lay-out-scopes-ahead.sql

-- Notes which rows of steps done ahead read anything but each other, so that claims look for nothing otherwise. Called after both kinds of
-- rows are laid out.
create function engine.lay_out_scopes_ahead(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  update engine.plan_steps as first set ahead_reads = exists (
    select from engine.plan_steps as plan
    where plan.id = any (first.ahead) and (not plan.reads_roots <@ '{steps}' or exists (
      select from unnest(plan.reads_steps) as read
      where read.step_key not in (select step_key from engine.plan_steps where id = any (first.id || first.ahead)))))
  where (first.workflow_id, first.version) = (p_workflow, p_version) and first.ahead is not null;
end $$;

-- 30-30-make-event-partitions.sql

-- Makes the weekly partitions of run_events from this week to so many weeks ahead; called at set-up and by the sweep. A week whose
-- rows already went to the default partition stays there.
create function engine.make_event_partitions(p_weeks_ahead int default 8)
returns int language plpgsql security definer set search_path = ''
  set lock_timeout = '500ms'
as $$
declare
  this_week constant timestamptz := date_trunc('week', engine.now(), 'UTC');
  week_start timestamptz;
  partition_name text;
  made int := 0;
begin
  for week_number in 0 .. p_weeks_ahead loop
    week_start := this_week + make_interval(weeks => week_number);
    partition_name := 'run_events_' || to_char(week_start at time zone 'UTC', 'YYYY_MM_DD');
    continue when to_regclass('engine.' || partition_name) is not null
      or exists (
        select from engine.run_events_default
        where run_created_at >= week_start and run_created_at < week_start + interval '1 week'
      );
    execute format(
      'create table engine.%I partition of public.run_events for values from (%L) to (%L)',
      partition_name, week_start, week_start + interval '1 week'
    );
    execute format('alter table engine.%I enable row level security', partition_name);
    made := made + 1;
  end loop;
  return made;
exception when lock_not_available then
  -- The next sweep that is due tries again; weeks are made long ahead.
  return 0;
end $$;

select engine.make_event_partitions();

-- 30-31-refuse-move.sql

-- Refuses a move that the tables of legal moves do not have; called by the move triggers.
create function engine.refuse_move(p_what text, p_from text, p_to text, p_move text)
returns text language plpgsql set search_path = ''
as $$
begin
  perform engine.raise(
    'RB001', format('%s cannot go from %s to %s by %s.', p_what, p_from, p_to, coalesce(p_move, 'nothing')),
    'This is a fault of the engine; nothing was changed.'
  );
  return null;
end $$;

-- 30-31-refuse-row.sql

-- Refuses a step whose columns contradict its status; called by the triggers on steps.
create function engine.refuse_row(p_step text)
returns void language plpgsql set search_path = ''
as $$
begin
  perform engine.raise(
    'RB001', format('Step %s would have a status that its lease, reason, times, error or counters contradict.', p_step),
    'This is a fault of the engine; nothing was changed.'
  );
end $$;

-- 30-32-write-step-events.sql

-- Numbers a set of step moves under their runs' row locks and writes the events; called by the move triggers on steps only.
-- A row inserted into a body counts without a move (from_status null), or with its end as a move from `new`.
create function engine.write_step_events(p_changes engine.step_change[])
returns void language plpgsql set search_path = '' set enable_hashjoin = off set enable_nestloop = on
as $$
declare
  at constant timestamptz := engine.now();
begin
  with tally as (
    select run_id, count(*) filter (where move is not null) as moves,
      array_agg(change order by rank, item_path) filter (where move is not null) as changes,
      sum((to_status = 'pending')::int - coalesce(from_status = 'pending', false)::int) as pending,
      sum((to_status = 'ready')::int - coalesce(from_status = 'ready', false)::int) as ready,
      sum((to_status = 'running')::int - coalesce(from_status = 'running', false)::int) as running,
      sum((to_status = 'waiting')::int - coalesce(from_status = 'waiting', false)::int) as waiting,
      sum((to_status = 'succeeded')::int - coalesce(from_status = 'succeeded', false)::int) as succeeded,
      sum((to_status = 'failed')::int - coalesce(from_status = 'failed', false)::int) as failed,
      sum((to_status = 'skipped')::int - coalesce(from_status = 'skipped', false)::int) as skipped,
      sum((to_status = 'cancelled')::int - coalesce(from_status = 'cancelled', false)::int) as cancelled,
      count(*) filter (where from_status is null or from_status = 'new') as added
    from unnest(p_changes) as change group by run_id
  ), numbered as (
    update public.runs as run set
      last_seq = run.last_seq + tally.moves,
      counts = jsonb_build_object(
        'pending', (run.counts -> 'pending')::int + tally.pending, 'ready', (run.counts -> 'ready')::int + tally.ready,
        'running', (run.counts -> 'running')::int + tally.running, 'waiting', (run.counts -> 'waiting')::int + tally.waiting,
        'succeeded', (run.counts -> 'succeeded')::int + tally.succeeded, 'failed', (run.counts -> 'failed')::int + tally.failed,
        'skipped', (run.counts -> 'skipped')::int + tally.skipped,
        'cancelled', (run.counts -> 'cancelled')::int + tally.cancelled, 'total', (run.counts -> 'total')::int + tally.added)
    from tally where run.id = tally.run_id
    returning run.id, run.created_at, run.workspace_id, run.last_seq - tally.moves as base, tally.changes
  )
  insert into public.run_events (
    run_created_at, run_id, seq, workspace_id, kind, step_key, item_path, status, attempt, at, data)
  select numbered.created_at, numbered.id, numbered.base + place, numbered.workspace_id,
    coalesce(legal.event_kind,
      engine.refuse_move('Step ' || change.step_key, change.from_status, change.to_status, change.move)),
    change.step_key, change.item_path, change.to_status, change.attempt, at, change.data
  from numbered
  cross join unnest(numbered.changes) with ordinality
    as change (run_id, step_key, item_path, from_status, to_status, move, attempt, rank, data, place)
  left join engine.step_moves as legal
    on (legal.from_status, legal.to_status, legal.event_kind) = (change.from_status, change.to_status, change.move);
end $$;

-- 30-33-step-event-data.sql

-- What a step event's `data` holds (core/run-event.ts); called by the move triggers.
create function engine.step_event_data(p_status text, p_waiting_for jsonb, p_port text, p_error jsonb, p_items int)
returns jsonb language plpgsql immutable set search_path = ''
as $$
begin
  if p_waiting_for is null and p_port is null and p_error is null and p_items is null then
    return '{}';
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'waitingFor', p_waiting_for,
    'port', p_port,
    'errorCode', case when p_status in ('failed', 'waiting', 'cancelled') then p_error ->> 'code' end,
    'items', p_items
  ));
end $$;

-- 30-38-key-of.sql

-- The text of a key by the parts the compiler made of it: literals, and paths into the run's input. A field that is absent counts as empty; a
-- long key is cut and told apart by its hash.
create function engine.key_of(p_parts jsonb, p_input jsonb)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  key text;
begin
  select string_agg(case
      when part ? 'literal' then part ->> 'literal'
      else coalesce(p_input #>> array(select jsonb_array_elements_text(part -> 'path')), '')
    end, '' order by position)
  into key from jsonb_array_elements(p_parts) with ordinality as listed (part, position);
  return case when length(key) > 200 then left(key, 160) || '…' || md5(key) else coalesce(key, '') end;
end $$;

-- 30-38-limit-facts.sql

-- The columns of a run that its workflow's concurrency and rate limit are kept by; called by engine.insert_run for workflows that have one.
create function engine.limit_facts(p_settings jsonb, p_input jsonb)
returns jsonb language plpgsql immutable set search_path = ''
as $$
declare
  concurrency constant jsonb := p_settings -> 'concurrency';
  rate constant jsonb := p_settings -> 'rateLimit';
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'limit_key', case when concurrency is not null then engine.key_of(concurrency -> 'parts', p_input) end,
    'limit_max', concurrency -> 'limit',
    'rate_key', case when rate is not null then engine.key_of(coalesce(rate -> 'parts', '[]'), p_input) end,
    'rate_max', rate -> 'max',
    'rate_ms', case rate ->> 'per' when 'second' then 1000 when 'minute' then 60000 when 'hour' then 3600000 when 'day' then 86400000 end
  ));
end $$;

-- 30-39-fill-defaults.sql

-- Adds the defaults of the plan's input schema for the fields that were left out, at the top level. Called by engine.start_run_as.
create function engine.fill_defaults(p_schema jsonb, p_input jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
begin
  if jsonb_typeof(p_input) is distinct from 'object' then
    return p_input;
  end if;
  return (
    select coalesce(jsonb_object_agg(key, schema -> 'default') filter (where schema ? 'default'), '{}')
    from jsonb_each(coalesce(p_schema -> 'properties', '{}')) as property (key, schema)
    where jsonb_typeof(schema) = 'object'
  ) || p_input;
end $$;

-- 30-40-check-input.sql

-- Refuses a run input that is too large, lacks what the plan's input schema requires or has a value of another basic type at the top; the full
-- schema is checked by callers and by the worker.
create function engine.check_input(p_schema jsonb, p_input jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  missing text;
  wrong record;
begin
  if jsonb_typeof(p_input) is distinct from 'object' then
    perform engine.raise('RB422', 'The input must be a JSON object.', 'Send {} for a workflow without input.');
  end if;
  if pg_column_size(p_input) > 4 * 1024 * 1024 then
    perform engine.raise('RB413', 'The input is larger than 4 MB.', 'Put the data where a step can fetch it, and give its address.');
  end if;
  if coalesce(p_schema -> 'required', '[]') = '[]' and coalesce(p_schema -> 'properties', '{}') = '{}' then
    return;
  end if;
  select name into missing from jsonb_array_elements_text(coalesce(p_schema -> 'required', '[]')) as required (name)
  where not p_input ? name limit 1;
  if missing is not null then
    perform engine.raise('RB422', format('The input "%s" is missing.', missing), 'Fill it in and start the run again.');
  end if;
  select key, wanted, actual into wrong
  from jsonb_each(coalesce(p_schema -> 'properties', '{}')) as property (key, schema)
  cross join lateral (select
    case when jsonb_typeof(schema -> 'type') = 'string' then jsonb_build_array(schema -> 'type') else schema -> 'type' end as wanted,
    jsonb_typeof(p_input -> key) as actual) as types
  where p_input ? key and jsonb_typeof(wanted) = 'array' and not wanted ? actual
    -- A value that became a file is checked where it is read.
    and not (actual = 'object' and p_input -> key ? '$blob')
    and not (wanted ? 'integer' and actual = 'number' and mod((p_input ->> key)::numeric, 1) = 0)
  limit 1;
  if wrong.key is not null then
    perform engine.raise(
      'RB422', format('The input "%s" is of type %s.', wrong.key, wrong.actual),
      format('It must be: %s.', array_to_string(array(select jsonb_array_elements_text(wrong.wanted)), ' or ')));
  end if;
end $$;

-- 30-41-choose-lane.sql

-- The lane of a new run: the one asked for, or for `auto` an idle lane, else the one with the shortest queue, ties by position.
create function engine.choose_lane(p_workspace uuid, p_wanted text)
returns text language plpgsql set search_path = ''
as $$
declare
  chosen text;
begin
  if coalesce(p_wanted, 'auto') = 'auto' then
    select lane.name into chosen
    from public.lanes as lane
    where lane.workspace_id = p_workspace
    order by lane.paused, (
      select count(*) from public.runs as run
      where run.workspace_id = p_workspace and run.lane = lane.name and run.finished_at is null
    ), lane.position limit 1;
  else
    select name into chosen from public.lanes where workspace_id = p_workspace and (name = p_wanted or lower(title) = lower(p_wanted))
    order by name = p_wanted desc limit 1;
  end if;
  if chosen is null then
    perform engine.raise('RB422', format('There is no lane "%s" in this workspace.', p_wanted), 'Choose one of the lanes shown, or auto.');
  end if;
  return chosen;
end $$;

-- 30-42-check-budgets.sql

-- Refuses budgets that are not an object of positive amounts under known names. Called by the verbs that take budgets.
create function engine.check_budgets(p_budgets jsonb)
returns void language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_budgets) is distinct from 'object' or p_budgets = '{}' or exists (
    select from jsonb_each(p_budgets) as budget (name, amount)
    where name not in ('tokens', 'costUsd', 'calls', 'activeMs') or jsonb_typeof(amount) <> 'number' or (amount #>> '{}')::numeric <= 0
  ) then
    perform engine.raise('RB422', 'These are no budgets.', 'Give amounts above 0, e.g. {"tokens": 10000, "costUsd": 1, "calls": 50, "activeMs": 60000}.');
  end if;
end $$;

-- 30-42-least-budgets.sql

-- The smaller amount of each of two sets of budgets; null when neither has any.
create function engine.least_budgets(p_one jsonb, p_other jsonb)
returns jsonb language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select jsonb_object_agg(name, amount) from (
      select name, min((amount #>> '{}')::numeric) as amount
      from (select * from jsonb_each(p_one) union all select * from jsonb_each(p_other)) as budget (name, amount) group by name
    ) as least);
end $$;

-- 30-42-may-rest.sql

-- Whether a worker may leave what is ready to others, because as many are awake and look for work as can keep the processors busy that they share with
-- the database: to anybody if it lies down or looks up from its sleep unasked, else to those that have been up longer. More would only take turns, with fewer
-- steps at a time. Should those be lost, the next look finds that nobody looks.
create function engine.may_rest(p_worker text)
returns boolean language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
begin
  return exists (
    select from engine.workers as me
    where worker = p_worker and database_cores is not null and greatest(1, database_cores / 2) <= (
      select count(*) from engine.workers as other
      where other.looks_until > at and other.looks_until <= at + interval '250 ms' and not other.sleeping
        and (me.sleeping or other.session_started < me.session_started)));
end $$;

-- 30-42-take-over-steps.sql

-- Ends those steps of a new run whose results it takes over from an earlier one, and gives its other steps what follows from them. Called by
-- engine.insert_run.
create function engine.take_over_steps(p_run uuid, p_from uuid, p_keys text[])
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps as step set status = 'succeeded', last_move = 'step.reused', remaining_deps = 0, due_at = null, reused_from = old.run_id,
    port = old.port, output_is_fallback = old.output_is_fallback, verification = old.verification, items_total = old.items_total,
    items_started = old.items_started, items_done = old.items_done, items_failed = old.items_failed, started_at = old.started_at,
    finished_at = old.finished_at
  from public.steps as old
  where step.run_id = p_run and step.step_key = any (p_keys) and step.item_path = '{}'
    and (old.run_id, old.step_key, old.item_path) = (p_from, step.step_key, '{}'::int[]);
  insert into public.step_payloads (run_id, step_key, workspace_id, output)
  select p_run, step_key, workspace_id, output from public.step_payloads
  where run_id = p_from and step_key = any (p_keys) and item_path = '{}';
  perform engine.advance(array(select (p_run, key, '{}'::int[])::engine.step_ref from unnest(p_keys) as key), null, 0, null);
end $$;

-- 30-42-wake-others.sql

-- What a worker's claim or report says to those that sleep: nothing, as long as it looks again itself, because it took fewer steps than it had room
-- for, or because it is quick: what it reported last took it `p_active_ms` a step, a good part of its slots came free at once, and those awake keep
-- the processors they share with the database busy. Otherwise, and if it left something ready, that they are needed. Called where somebody sleeps.
create function engine.wake_others(p_worker text, p_room int, p_taken int, p_active_ms double precision default null)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
  now_quick boolean;
  looks boolean;
begin
  select coalesce(p_active_ms < 50, quick), coalesce(
      p_taken < p_room or coalesce(p_active_ms < 50, quick) and p_room >= slots / 8.0 and database_cores <= 2 * (
        select count(*) from engine.workers where not sleeping and pid is not null and vanished_at is null), false)
  into now_quick, looks from engine.workers where worker = p_worker;
  -- One that found something as it lay down is up again.
  update engine.workers set quick = now_quick, looks_until = case when looks then at + interval '250 ms' end,
    sleeping = sleeping and not looks
  where worker = p_worker and (not sleeping or p_taken > 0)
    and (sleeping or quick <> now_quick or (looks_until is null) = looks or looks_until < at + interval '200 ms');
  if not coalesce(looks, p_taken < p_room) and exists (select from public.steps where status = 'ready') then
    perform engine.wake_workers();
  end if;
end $$;

-- 30-42-wake-workers.sql

-- Wakes one sleeping worker: rather one without steps under way, and the one that has been up longest, whose code is compiled and whose sessions have
-- their plans. Nobody is woken while as many are awake and look for work anyway as can keep the database busy: one, or one for every two processors
-- that are known of. Called last by every transaction that makes work ready. NOTIFY takes a database-wide lock at commit, so it is sent only when
-- somebody sleeps, and the sleeper is marked awake so that the next commit sends none; of transactions that commit together one does so, for all of
-- them are there before the woken one has looked. A sleeper that is just saying so again is waited for: passed over, it would sleep on. One that
-- listens hears its name; others are poked by the host, which acts on no name.
create function engine.wake_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
  woken record;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('engine.wake_workers', 0)) then
    return;
  end if;
  select worker, case when hears then worker else '' end as name into woken from engine.workers
  where sleeping and greatest(1, database_cores / 2) > (
    -- Bounded on both sides: a clock that was set back must not keep everybody asleep.
    select count(*) from engine.workers as other where other.looks_until > at and other.looks_until <= at + interval '250 ms' and not other.sleeping)
  order by at_work, session_started limit 1 for update;
  if found then
    update engine.workers set sleeping = false, looks_until = at + interval '100 ms' where worker = woken.worker;
    perform pg_notify('runboard_wake', woken.name);
  end if;
end $$;

-- 30-43-insert-run.sql

-- Inserts a run of a version with its input and first steps, and returns its id: of the steps that stand in no body, roots are ready, the others
-- pending with their dependencies counted. `p_reused` are keys of succeeded steps of the run `retry_of`, whose outputs it takes over. One statement,
-- and what can be known of a version is kept with it: a start that comes alone is mostly the reading of plans the processor has forgotten.
create function engine.insert_run(
  p_workflow uuid, p_version int, p_input jsonb, p_facts engine.run_facts, p_reused text[] default '{}')
returns uuid language plpgsql set search_path = ''
as $$
declare
  new_id constant uuid := coalesce(p_facts.id, engine.time_uuid(clock_timestamp()));
  created constant timestamptz := engine.now();
  has_root boolean;
begin
  with run as (
    insert into public.runs (
      id, workspace_id, workflow_id, version, plan_hash, title, mode, lane, priority, deadline_at, trigger, idempotency_key, retry_of,
      retry_mode, key_run, parent_run_id, parent_step, parent_item, counts, max_parallel, limit_key,
      limit_max, rate_key, rate_max, rate_ms, debounce_key, budgets, created_by, created_at)
    select new_id, workspace_id, workflow_id, n, plan_hash, coalesce(p_facts.title, plan_title), coalesce(p_facts.mode, 'live'), p_facts.lane,
      p_facts.priority, created + make_interval(secs => (plan_settings ->> 'deadlineMs')::double precision / 1000),
      coalesce(p_facts.trigger, '{"kind": "manual"}') || jsonb_build_object('at', engine.iso_time(created)), p_facts.idempotency_key,
      p_facts.retry_of, p_facts.retry_mode, coalesce(p_facts.key_run, new_id), p_facts.parent_run_id, p_facts.parent_step, p_facts.parent_item,
      plan_counts, coalesce((plan_settings ->> 'maxParallel')::int, 32), p_facts.limit_key, p_facts.limit_max, p_facts.rate_key, p_facts.rate_max,
      p_facts.rate_ms, p_facts.debounce_key,
      case when plan_settings ? 'budgets' or p_facts.budgets is not null
        then engine.least_budgets(plan_settings -> 'budgets', p_facts.budgets) end, p_facts.created_by, created
    from public.versions where (workflow_id, n) = (p_workflow, p_version)
    returning workspace_id, (counts -> 'ready')::int as ready
  ), payload as (
    insert into public.run_payloads (run_id, workspace_id, input, override) select new_id, workspace_id, p_input, p_facts.override from run
  ), step as (
    insert into public.steps (
      run_id, step_key, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, attempt_limit, remaining_deps, due_at)
    select new_id, step_key, workspace_id, id, node_id, kind, role, title, rank, p_facts.priority, p_facts.lane,
      case total_deps when 0 then 'ready' else 'pending' end, max_attempts, total_deps, case total_deps when 0 then created end
    from engine.plan_steps
    where (workflow_id, version) = (p_workflow, p_version) and within is null and role is distinct from 'rollback'
  )
  select ready > 0 into has_root from run;
  if cardinality(p_reused) > 0 then
    perform engine.take_over_steps(new_id, p_facts.retry_of, p_reused);
  end if;
  if not has_root or cardinality(p_reused) > 0 then
    perform engine.settle_runs(array[new_id]);
  end if;
  -- Where one worker that looks is enough, a burst of starts asks for no more than that; the call would cost each of them a tenth.
  perform engine.wake_workers() from engine.workers where sleeping and (database_cores > 3 or not exists (
    select from engine.workers as other
    where not other.sleeping and other.looks_until > clock_timestamp() and other.looks_until <= clock_timestamp() + interval '250 ms')) limit 1;
  return new_id;
end $$;

-- 30-44-check-queue-depth.sql

-- Refuses a start when the workspace has as many unfinished runs as it may have. Counting them takes a millisecond when there are ten thousand,
-- so engine.start_run_as has only one start in fifty counted far below the limit; near it, or where the limit is small, every one.
create function engine.check_queue_depth(p_workspace uuid)
returns void language plpgsql set search_path = ''
as $$
declare
  most int;
  known int;
  counted int;
begin
  select workspace.max_open_runs, depth.open_runs into most, known
  from public.workspaces as workspace left join engine.queue_depths as depth on depth.workspace_id = workspace.id
  where workspace.id = p_workspace;
  select count(*) into counted from (
    select from public.runs where workspace_id = p_workspace and finished_at is null limit most) as open_runs;
  -- Whoever notes it takes a try-lock first, so that no start waits for another.
  if abs(counted - coalesce(known, 0)) > most * 0.05 and pg_try_advisory_xact_lock(hashtextextended('depth:' || p_workspace, 1)) then
    insert into engine.queue_depths (workspace_id, open_runs) values (p_workspace, counted)
    on conflict (workspace_id) do update set open_runs = excluded.open_runs;
  end if;
  if counted >= most then
    perform engine.raise('RB429', format('This workspace has %s unfinished runs, as many as it may have.', counted),
      'Start it again when some have ended; an owner can raise the limit in the settings.', p_headers => '{"Retry-After": "10"}');
  end if;
end $$;

-- 30-44-debounce.sql

-- A start that comes within the debounce time of an earlier run with the same key that has not started: gives that run the new input, puts it
-- off, and returns its id; null when there is none. Called by engine.start_run_as; starts with the same key take turns.
create function engine.debounce(p_workflow uuid, p_key text, p_ms bigint, p_input jsonb)
returns uuid language plpgsql set search_path = ''
as $$
declare
  until_at constant timestamptz := engine.now() + make_interval(secs => p_ms / 1000.0);
  held constant jsonb := jsonb_build_object('kind', 'limit', 'ref', 'debounce', 'until', engine.iso_time(until_at));
  earlier uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('debounce:' || p_workflow || ':' || p_key, 1));
  -- One that somebody holds is being started this moment.
  select id into earlier from public.runs
  where workflow_id = p_workflow and debounce_key = p_key and started_at is null and finished_at is null and admitted_at is null
    and cancel_requested_at is null and waiting_for ->> 'ref' = 'debounce'
  order by created_at desc limit 1 for no key update skip locked;
  if earlier is null then
    return null;
  end if;
  update public.run_payloads set input = p_input where run_id = earlier;
  update public.runs set deadline_at = deadline_at + (until_at - (waiting_for ->> 'until')::timestamptz) where id = earlier;
  update public.steps set waiting_for = held, due_at = until_at
  where run_id = earlier and status = 'waiting' and waiting_for ->> 'ref' = 'debounce';
  perform engine.settle_runs(array[earlier]);
  return earlier;
end $$;

-- 30-44-earlier-start.sql

-- The run that was started with this idempotency key before, if any; with another input it is refused. Two callers with the same key take turns, so
-- that the second finds the first one's run. Called by engine.start_run_as.
create function engine.earlier_start(p_workflow uuid, p_key text, p_input jsonb)
returns uuid language plpgsql set search_path = ''
as $$
declare
  earlier uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_workflow::text || p_key, 0));
  select id into earlier from public.runs where workflow_id = p_workflow and idempotency_key = p_key;
  if earlier is not null and (select input from public.run_payloads where run_id = earlier) is distinct from p_input then
    perform engine.raise(
      'RB409', format('The idempotency key "%s" was used before with another input.', p_key), 'Use a new key for a new run.');
  end if;
  return earlier;
end $$;

-- 30-44-make-room.sql

-- Before a run of a workflow whose concurrency does not queue: refuses the start when as many runs of its key are open as may be, or asks the
-- oldest of them to end. Called by engine.start_run_as; whoever starts a run of the same key meanwhile waits for this one.
create function engine.make_room(p_workflow uuid, p_concurrency jsonb, p_input jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  key constant text := engine.key_of(p_concurrency -> 'parts', p_input);
  most constant int := (p_concurrency ->> 'limit')::int;
  open_runs uuid[];
begin
  perform pg_advisory_xact_lock(hashtextextended('start:' || p_workflow || ':' || key, 1));
  open_runs := array(
    select id from public.runs
    where workflow_id = p_workflow and limit_key = key and finished_at is null and cancel_requested_at is null order by created_at, id);
  if cardinality(open_runs) < most then
    return;
  end if;
  if p_concurrency ->> 'whenFull' = 'refuse' then
    perform engine.raise('RB429', format('The key "%s" of this workflow has %s of %s runs under way.', key, cardinality(open_runs), most),
      'Start it again when one has ended.', p_headers => '{"Retry-After": "5"}');
  end if;
  insert into engine.deliveries (run_id, kind) select id, 'cancel' from unnest(open_runs[:cardinality(open_runs) - most + 1]) as id;
end $$;

-- 30-44-start-limited.sql

-- Starts a run of a workflow that limits its runs by key, by rate or by debounce; answers as engine.start_run_as, which calls it.
create function engine.start_limited(p_workflow uuid, p_version int, p_settings jsonb, p_input jsonb, p_facts engine.run_facts)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  debounce constant jsonb := p_settings -> 'debounce';
  facts engine.run_facts := jsonb_populate_record(p_facts, engine.limit_facts(p_settings, p_input));
  earlier uuid;
  started uuid;
begin
  if p_settings -> 'concurrency' ->> 'whenFull' <> 'queue' then
    perform engine.make_room(p_workflow, p_settings -> 'concurrency', p_input);
  end if;
  if debounce is not null then
    facts.debounce_key := engine.key_of(debounce -> 'parts', p_input);
    earlier := engine.debounce(p_workflow, facts.debounce_key, (debounce -> 'ms')::bigint, p_input);
    if earlier is not null then
      return jsonb_build_object('run_id', earlier, 'existing', true, 'debounced', true);
    end if;
  end if;
  started := engine.insert_run(p_workflow, p_version, p_input, facts);
  if debounce is not null then
    perform engine.hold_steps(array[(started, 'hold', jsonb_build_object('kind', 'limit', 'ref', 'debounce', 'until',
      engine.iso_time(engine.now() + make_interval(secs => (debounce -> 'ms')::double precision / 1000))))::engine.ruling]);
  end if;
  return jsonb_build_object('existing', false, 'run_id', started);
end $$;

-- 30-45-start-run-as.sql

-- Starts a run for somebody whose right to do so was checked: finds the version, checks the input, honours the idempotency key.
-- Called by start_run, by sub-workflow steps and by the host. Options as in start_run, and `facts` for engine.insert_run. What most workflows do
-- not have (limits, a schema of the input) is looked at only where the version has it.
create function engine.start_run_as(p_user uuid, p_workflow uuid, p_input jsonb, p_options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  source record;
  wanted constant text := coalesce(p_options ->> 'version', 'live');
  idempotency constant text := p_options ->> 'idempotency_key';
  given jsonb := p_input;
  facts engine.run_facts;
  earlier uuid;
begin
  if wanted <> 'live' and wanted !~ '^\d{1,9}$' then
    perform engine.raise('RB422', format('"%s" is not a version.', wanted), 'Give a number or "live".');
  end if;
  select workflow.workspace_id, workflow.title, workflow.status, version.n, version.plan_input as schema, version.plan_settings as settings,
    lane.name as lane, coalesce(version.plan_input ->> 'required', '[]') <> '[]' or coalesce(version.plan_input ->> 'properties', '{}') <> '{}'
      or jsonb_typeof(p_input) is distinct from 'object' or pg_column_size(p_input) > 1000000 as has_checks,
    version.plan_settings ?| '{concurrency,rateLimit,debounce}' as has_limits,
    workspace.max_open_runs < 1000 or coalesce(depth.open_runs, 0) >= workspace.max_open_runs * 0.8 or random() < 0.02 as counts_runs
  into source
  from public.workflows as workflow
  join public.workspaces as workspace on workspace.id = workflow.workspace_id
  left join engine.queue_depths as depth on depth.workspace_id = workspace.id
  left join public.versions as version
    on (version.workflow_id, version.n) = (workflow.id, case wanted when 'live' then workflow.live_version else wanted::int end)
  left join public.lanes as lane
    on (lane.workspace_id, lane.name) = (workspace.id, coalesce(p_options ->> 'lane', version.plan_settings ->> 'lane'))
  where workflow.id = p_workflow;
  if source.status = 'archived' then
    perform engine.raise('RB409', format('"%s" is archived, so it cannot be started.', source.title), 'Restore the workflow first.');
  elsif source.n is null then
    perform engine.raise(
      'RB404', format('"%s" has no %s version.', source.title, wanted), 'Publish the workflow first, or choose another version.');
  end if;
  if source.has_checks then
    given := engine.fill_defaults(source.schema, p_input);
  end if;
  if idempotency is not null then
    earlier := engine.earlier_start(p_workflow, idempotency, given);
    if earlier is not null then
      return jsonb_build_object('run_id', earlier, 'existing', true);
    end if;
  end if;
  if source.has_checks then
    perform engine.check_input(source.schema, given);
  end if;
  if source.counts_runs and p_options -> 'facts' -> 'parent_run_id' is null then
    perform engine.check_queue_depth(source.workspace_id);
  end if;
  facts := (null, p_options ->> 'title', p_options ->> 'mode',
    case when source.lane is null then engine.choose_lane(source.workspace_id, coalesce(p_options ->> 'lane', source.settings ->> 'lane'))
      else source.lane end,
    coalesce((p_options ->> 'priority')::int, (source.settings ->> 'priority')::int, 100),
    jsonb_strip_nulls(jsonb_build_object('kind', coalesce(p_options ->> 'trigger_kind', 'manual'), 'by', p_user)), idempotency, null, null, null, null, null, null,
    null, null, null, null, null, null, nullif(p_options -> 'budgets', 'null'), p_user, null)::engine.run_facts;
  if p_options ? 'facts' then
    facts := jsonb_populate_record(facts, p_options -> 'facts');
  end if;
  if source.has_limits then
    return engine.start_limited(p_workflow, source.n, source.settings, given, facts);
  end if;
  return jsonb_build_object('existing', false, 'run_id', engine.insert_run(p_workflow, source.n, given, facts));
end $$;

-- 30-46-take-gate.sql

-- Lets one transaction at a time decide who is admitted through a gate (a lane, a key). Never waits: false when somebody else is deciding, or
-- is leaving. Those who leave wait for the decider (engine.await_gate), so a place that gets free is not overlooked.
create function engine.take_gate(p_gate text)
returns boolean language plpgsql volatile set search_path = ''
as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended(p_gate, 1)) then
    return false;
  end if;
  perform set_config('engine.deciding', 'yes', true);
  return true;
end $$;

-- 30-47-await-gate.sql

-- Waits for whoever decides at a gate, so that what they decided is seen; called before looking for runs that wait there. A transaction that
-- has decided itself waits for nobody, so two can never wait for each other; what it overlooks the sweep finds.
create function engine.await_gate(p_gate text)
returns void language plpgsql volatile set search_path = ''
as $$
begin
  if coalesce(current_setting('engine.deciding', true), '') = 'yes' then
    perform pg_try_advisory_xact_lock_shared(hashtextextended(p_gate, 1));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended(p_gate, 1));
  end if;
end $$;

-- 30-48-settle-item.sql

-- Works out an item's result here when it is no more than its index or a value that a step of its body put out, which spares a worker's
-- attempt for each item. Keeps the result and says true; false when a worker has to do it: the path leads nowhere, to a file, or to much.
create function engine.settle_item(p_run uuid, p_workspace uuid, p_plan_step bigint, p_step_key text, p_item int[])
returns boolean language plpgsql set search_path = ''
as $$
declare
  path text[];
  depth int;
  value jsonb;
begin
  select result_path, (select read.depth from unnest(reads_steps) as read where read.step_key = result_path[2] limit 1) into path, depth
  from engine.plan_steps where id = p_plan_step;
  if path is null then
    return false;
  elsif path[1] = 'index' then
    value := to_jsonb(p_item[cardinality(p_item)]);
  else
    select payload.output #> path[4:] into value
    from public.steps as step join public.step_payloads as payload using (run_id, step_key, item_path)
    where (step.run_id, step.step_key, step.item_path) = (p_run, path[2], p_item[1:depth]) and step.status = 'succeeded';
    if value is null or pg_column_size(value) > 16000 or value::text like '%"$blob"%' then
      return false;
    end if;
  end if;
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
  values (p_run, p_step_key, p_item, p_workspace, jsonb_build_object('value', value))
  on conflict (run_id, step_key, item_path) do update set output = excluded.output;
  return true;
end $$;

-- 30-49-rate-slot.sql

-- When a run may be admitted by its workflow's rate limit: now, or the moment its place in the queue comes. A run that has a place goes by what
-- really started within the window; one without queues up behind the places already given. The caller holds the gate.
create function engine.rate_slot(p_run public.runs, p_at timestamptz)
returns timestamptz language plpgsql stable set search_path = ''
as $$
declare
  has_place constant boolean := p_run.rate_at is not null;
  last timestamptz;
begin
  if p_run.rate_at > p_at then
    return p_run.rate_at;
  end if;
  -- The admission that has to leave the window first; a run that ended before it started gives its place back.
  select other.rate_at into last from public.runs as other
  where other.workflow_id = p_run.workflow_id and other.rate_key = p_run.rate_key and other.rate_at is not null and other.id <> p_run.id
    and (other.admitted_at is not null or other.started_at is not null or (other.finished_at is null and not has_place))
  order by other.rate_at desc offset p_run.rate_max - 1 limit 1;
  -- On a whole millisecond, never early: waits are written with milliseconds.
  return greatest(p_at, date_trunc('milliseconds', last + make_interval(secs => p_run.rate_ms / 1000.0)) + interval '1 ms');
end $$;

-- 30-49-verdict-of.sql

-- What becomes of a pending step once tokens were counted: go, skipped, or still pending. A collector is ended by the count of its items.
create function engine.verdict_of(p_role text, p_join_mode text, p_total int, p_remaining int, p_dead int)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  verdict constant text := case
    when p_join_mode = 'all' then case when p_dead > 0 then 'skipped' when p_remaining = 0 then 'go' end
    when p_join_mode = 'any' then case when p_remaining = 0 then case when p_dead < p_total then 'go' else 'skipped' end end
    when p_total - p_remaining - p_dead > 0 then 'go'
    when p_remaining = 0 then 'skipped'
  end;
begin
  return case when verdict is null or (verdict = 'go' and p_role = 'collect') then 'pending' else verdict end;
end $$;

-- 30-50-rule-lanes.sql

-- Rules on locked runs by what holds whole runs: a pause of the run or its workflow, a paused or full lane. Called by engine.hold_runs.
create function engine.rule_lanes(p_runs uuid[])
returns engine.ruling[] language plpgsql set search_path = ''
as $$
declare
  open_lanes text[];
begin
  open_lanes := array(
    select gate from (
      select distinct 'lane:' || lane.workspace_id || ':' || lane.name as gate
      from public.runs as run join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
      where run.id = any (p_runs) and run.admitted_at is null and lane.wip_limit is not null
    ) as limited where engine.take_gate(gate));
  return array(
    select (id, case when reason is not null then 'hold' when is_busy then 'busy' when is_limited then 'limits' else 'go' end, reason)::engine.ruling
    from (
      select run.id, run.admitted_at is null and (run.limit_key is not null or run.rate_key is not null) as is_limited,
        run.admitted_at is null and lane.wip_limit is not null
          and not 'lane:' || lane.workspace_id || ':' || lane.name = any (open_lanes) as is_busy,
        case
          when run.paused_at is not null or workflow.status = 'paused' then '{"kind": "limit", "ref": "pause"}'::jsonb
          when lane.paused or (run.admitted_at is null and lane.wip_limit is not null and lane.wip_limit < (
              select count(*) from public.runs as other
              where other.workspace_id = run.workspace_id and other.lane = run.lane and other.admitted_at is not null
            ) + row_number() over (
              partition by run.workspace_id, run.lane, run.admitted_at is null order by run.priority, run.created_at, run.id))
            then jsonb_build_object('kind', 'lane', 'ref', run.lane)
        end as reason
      from public.runs as run
      join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
      join public.workflows as workflow on workflow.id = run.workflow_id
      where run.id = any (p_runs)
    ) as judged);
end $$;

-- 30-50-rule-limits.sql

-- Rules on the runs that engine.rule_lanes passed on to the limits of their workflows, one after the other by priority and age: as many admitted
-- runs per key as may be, and as many admissions per window. Those that may go are admitted at once, so that the next one counts them.
create function engine.rule_limits(p_rulings engine.ruling[])
returns engine.ruling[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  run public.runs;
  slot timestamptz;
  ruled engine.ruling[] := array(select ruling from unnest(p_rulings) as ruling where verdict <> 'limits');
begin
  for run in
    select asked.* from public.runs as asked
    where asked.id in (select run_id from unnest(p_rulings) where verdict = 'limits')
      and exists (
        select from public.steps as step
        where step.run_id = asked.id and (step.status = 'ready' or (step.status = 'waiting' and step.due_at <= at)))
    order by asked.priority, asked.created_at, asked.id
  loop
    slot := at;
    if run.limit_key is not null then
      if not engine.take_gate('key:' || run.workflow_id || ':' || run.limit_key) then
        ruled := ruled || (run.id, 'busy', null)::engine.ruling;
        continue;
      elsif (
        select count(*) from public.runs as other
        where other.workflow_id = run.workflow_id and other.limit_key = run.limit_key and other.admitted_at is not null
      ) >= run.limit_max then
        ruled := ruled || (run.id, 'hold', jsonb_build_object('kind', 'limit', 'ref', 'key:' || run.limit_key))::engine.ruling;
        continue;
      end if;
    end if;
    if run.rate_key is not null and run.started_at is null then
      if not engine.take_gate('rate:' || run.workflow_id || ':' || run.rate_key) then
        ruled := ruled || (run.id, 'busy', null)::engine.ruling;
        continue;
      end if;
      slot := engine.rate_slot(run, at);
    end if;
    update public.runs set rate_at = case when rate_key is not null and started_at is null then slot else rate_at end,
      admitted_at = case when slot <= at then at end
    where id = run.id;
    ruled := ruled || case when slot <= at then (run.id, 'go', null)::engine.ruling else (run.id, 'hold',
      jsonb_build_object('kind', 'limit', 'ref', 'rate', 'until', engine.iso_time(slot)))::engine.ruling end;
  end loop;
  return ruled;
end $$;

-- 30-50-tokens-of.sql

-- The tokens a set of ended steps gives to the steps that depend on them: met or dead by each edge's condition.
create function engine.tokens_of(p_ended engine.step_ref[])
returns engine.token[] language plpgsql stable set search_path = ''
as $$
begin
  return array(
    with token as materialized (
      select ended.run_id, ended.item_path, edge.dependent_key, edge.upstream_depth < edge.dependent_depth as fans_out, case edge.wanted
          when 'failed' then ended.status = 'failed'
          when 'finished' then ended.status in ('succeeded', 'failed')
          else ended.status = 'succeeded' and (edge.port is null or edge.port is not distinct from ended.port)
        end as met
      from unnest(p_ended) as ref
      join public.steps as ended
        on (ended.run_id, ended.step_key, ended.item_path) = (ref.run_id, ref.step_key, ref.item_path)
      join engine.plan_deps as edge on edge.upstream = ended.plan_step
    )
    select (run_id, dependent_key, item_path, met::int, (not met)::int)::engine.token from token where not fans_out
    union all
    select (token.run_id, token.dependent_key, deeper.item_path, met::int, (not met)::int)::engine.token
    from (select * from token where fans_out) as token
    join public.steps as deeper on deeper.run_id = token.run_id and deeper.step_key = token.dependent_key
      and deeper.item_path[1:cardinality(token.item_path)] = token.item_path
  );
end $$;

-- 30-51-give-tokens.sql

-- Counts tokens against pending steps and moves those whose fate they decide: skipped, or ready, or (up to `p_take`, within the run's
-- parallelism) straight to running for the worker that reports; items whose result is at hand succeed. Returns the steps moved. The caller holds the runs' locks.
create function engine.give_tokens(p_tokens engine.token[], p_worker text, p_take int, p_lease interval)
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  moved engine.moved[];
begin
  with given as (
    select run_id, step_key, item_path, sum(met)::int as met, sum(dead)::int as dead from unnest(p_tokens)
    group by run_id, step_key, item_path
  ), judged as (
    select step.run_id, step.step_key, step.item_path, step.rank, step.role, step.plan_step, step.workspace_id,
      step.remaining_deps - given.met - given.dead as remaining, step.dead_deps + given.dead as dead,
      plan.total_deps as total, plan.join_mode, plan.deadline_ms,
      case when run.admitted_at is null or run.paused_at is not null or plan.gated or lane.paused or workflow.status = 'paused' then 0
        else run.max_parallel - (run.counts -> 'running')::int end as room
    from given
    join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
    join public.workflows as workflow on workflow.id = run.workflow_id
    where step.status = 'pending' and run.error is null and run.cancel_requested_at is null
  ), decided as (
    select *, case verdict
      when 'go' then case when row_number() over (partition by verdict order by rank, item_path) <= p_take
        and row_number() over (partition by run_id, verdict order by rank, item_path) <= room then 'running' else 'ready' end
      else verdict
    end as next_status
    from (
      select *, case when verdict_only = 'go' and role is not distinct from 'item' and engine.settle_item(run_id, workspace_id, plan_step, step_key, item_path)
        then 'succeeded' else verdict_only end as verdict
      from (select *, engine.verdict_of(role, join_mode, total, remaining, dead) as verdict_only from judged) as judged
    ) as ruled
  ), changed as (
    update public.steps as step set
      remaining_deps = decided.remaining, dead_deps = decided.dead, status = next_status,
      last_move = case next_status when 'pending' then step.last_move when 'skipped' then 'step.skipped'
        when 'succeeded' then 'step.succeeded' when 'running' then 'step.started' else 'step.ready' end,
      attempt = step.attempt + (next_status = 'running')::int, tries = step.tries + (next_status = 'running')::int,
      worker = case when next_status = 'running' then p_worker end,
      lease_until = case when next_status = 'running' then at + p_lease end,
      due_at = case when next_status in ('ready', 'running') then at end,
      started_at = case when next_status = 'running' then coalesce(step.started_at, at) else step.started_at end,
      deadline_at = case when next_status = 'running' then coalesce(step.deadline_at, at + deadline_ms * interval '1 ms') end,
      finished_at = case when next_status in ('skipped', 'succeeded') then greatest(at, step.started_at) end
    from decided
    where (step.run_id, step.step_key, step.item_path) = (decided.run_id, decided.step_key, decided.item_path)
    returning step.run_id, step.step_key, step.item_path, step.status
  )
  select array_agg((run_id, step_key, item_path, status)::engine.moved) into moved from changed where status <> 'pending';
  return coalesce(moved, '{}');
end $$;

-- 30-52-find-due.sql

-- Steps worth claiming now, without locking anything: ready ones taking workspaces in turn, in each by priority, then lanes in turn, then by
-- age; then due retries, limits whose time has come and lapsed leases. Reads at most `p_limit` index entries per workspace and lane. `complete`
-- when nothing else is due.
create function engine.find_due(p_limit int, out candidates engine.step_ref[], out complete boolean)
language plpgsql stable set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  few constant int := least(p_limit, 16);
begin
  -- A few ready steps and nothing else: no need to choose. That spares the search, which most reports would make in vain.
  select coalesce(array_agg((run_id, step_key, item_path)::engine.step_ref) filter (where has_room), '{}'), count(*) <= few and not exists (
      select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at)
  into candidates, complete
  from (
    select run_id, step_key, item_path from public.steps where status = 'ready' order by workspace_id, lane, priority, due_at limit few + 1
  ) as waiting cross join lateral (
    select (counts -> 'running')::int < max_parallel as has_room from public.runs where id = run_id offset 0) as run;
  if complete then
    return;
  end if;
  candidates := array(
    with recursive place (workspace_id, lane) as (
      (select workspace_id, lane from public.steps where status = 'ready' order by workspace_id, lane limit 1)
      union all
      select further.workspace_id, further.lane
      from place cross join lateral (
        select step.workspace_id, step.lane from public.steps as step
        where step.status = 'ready' and (step.workspace_id, step.lane) > (place.workspace_id, place.lane)
        order by step.workspace_id, step.lane limit 1
      ) as further
    ), shared as (
      -- Two lanes or more: each shows as much as twice its share, so that a long one costs no more than a short one.
      select *, case when count(*) over (partition by workspace_id) = 1 then p_limit
        else (2 * p_limit / count(*) over (partition by workspace_id))::int + 1 end as share
      from place
    ), ready as (
      select run_id, step_key, item_path,
        row_number() over (partition by workspace_id order by priority, turn_of_lane, due_at) as turn
      from (
        select shared.workspace_id, step.*,
          row_number() over (partition by shared.workspace_id, shared.lane, step.priority order by step.due_at) as turn_of_lane
        from shared cross join lateral (
          -- A run at its limit must not hide the runs behind it.
          select waiting.run_id, waiting.step_key, waiting.item_path, waiting.priority, waiting.due_at
          from public.steps as waiting join public.runs as run on run.id = waiting.run_id
          where waiting.status = 'ready' and waiting.workspace_id = shared.workspace_id and waiting.lane = shared.lane
            and (run.counts -> 'running')::int < run.max_parallel
          order by waiting.priority, waiting.due_at limit shared.share
        ) as step
      ) as oldest
    ), due as (
      -- What a dead worker left comes first: it was under way already.
      select run_id, step_key, item_path, case when lapsed then 0 else row_number() over () end as turn from (
        select run_id, step_key, item_path, status = 'running' as lapsed from public.steps as due
        where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
          -- One that was only just taken has no attempt yet: it has not lapsed, the clock jumped in the middle of its claim.
          and (status = 'running' and exists (
              select from public.attempts as attempt
              where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (due.run_id, due.step_key, due.item_path, due.attempt))
            or waiting_for ->> 'kind' in ('retry', 'limit', 'budget'))
        order by coalesce(lease_until, due_at) limit p_limit
      ) as oldest
    )
    select (run_id, step_key, item_path)::engine.step_ref
    from (select * from ready union all select * from due) as candidate order by turn limit p_limit
  );
  complete := cardinality(candidates) = 0;
end $$;

-- 30-53-connection-load.sql

-- How many live attempts use a connection, apart from the given step's own.
create function engine.connection_load(p_workspace uuid, p_slug text, p_except engine.step_ref)
returns int language plpgsql stable set search_path = ''
as $$
begin
  return (
    select count(*) from engine.connection_uses as use
    join public.steps as step on (step.run_id, step.step_key, step.item_path) = (use.run_id, use.step_key, use.item_path)
      and step.status = 'running' and step.attempt = use.attempt
    where use.workspace_id = p_workspace and use.slug = p_slug
      and (use.run_id, use.step_key, use.item_path) is distinct from (p_except.run_id, p_except.step_key, p_except.item_path));
end $$;

-- 30-53-connection-wait.sql

-- Whether a due step may use a connection now: `go`, `busy` when somebody else is deciding about it, or what it waits for. A step that may go, or
-- is given a place in the queue of a rate, is noted as a use. `p_granted`: places this transaction gave away to steps it has not started yet.
create function engine.connection_wait(p_connection public.connections, p_step engine.step_ref, p_attempt int, p_granted int)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  span constant interval := make_interval(secs => case p_connection.limits ->> 'per'
    when 'second' then 1 when 'minute' then 60 when 'hour' then 3600 when 'day' then 86400 else 0 end);
  most constant int := (p_connection.limits ->> 'max')::int;
  slot timestamptz := greatest(at, p_connection.held_until);
  own timestamptz;
  last timestamptz;
begin
  if not engine.take_gate('connection:' || p_connection.id) then
    return '{"busy": true}';
  end if;
  delete from engine.connection_uses as use
  where use.workspace_id = p_connection.workspace_id and use.slug = p_connection.slug and use.at < engine.now() - span - interval '1 min'
    and not exists (
      select from public.steps as step
      where (step.run_id, step.step_key, step.item_path) = (use.run_id, use.step_key, use.item_path)
        and step.status = 'running' and step.attempt = use.attempt);
  if (p_connection.limits ->> 'maxParallel')::int <= engine.connection_load(p_connection.workspace_id, p_connection.slug, p_step) + p_granted then
    return jsonb_build_object('kind', 'limit', 'ref', 'connection:' || p_connection.slug);
  end if;
  if most is not null then
    select use.at into own from engine.connection_uses as use
    where (use.run_id, use.step_key, use.item_path, use.slug) = (p_step.run_id, p_step.step_key, p_step.item_path, p_connection.slug)
      and use.attempt = p_attempt;
    -- One that has a place goes by what really began within the window; the others queue up behind the places given.
    select use.at into last from engine.connection_uses as use
    where use.workspace_id = p_connection.workspace_id and use.slug = p_connection.slug
      and (use.run_id, use.step_key, use.item_path) is distinct from (p_step.run_id, p_step.step_key, p_step.item_path)
      and (own is null or use.at <= engine.now())
    order by use.at desc offset most - 1 limit 1;
    slot := case when own > at then own else greatest(slot, date_trunc('milliseconds', last + span) + interval '1 ms') end;
  end if;
  insert into engine.connection_uses (workspace_id, slug, run_id, step_key, item_path, attempt, at)
  values (p_connection.workspace_id, p_connection.slug, p_step.run_id, p_step.step_key, p_step.item_path, p_attempt, slot)
  on conflict (run_id, step_key, item_path, slug) do update set attempt = excluded.attempt, at = excluded.at;
  return case when slot <= at then '{"go": true}' else jsonb_build_object('kind', 'limit', 'ref', 'connection:' || p_connection.slug,
    'until', engine.iso_time(slot)) end;
end $$;

-- 30-53-hold-steps.sql

-- Makes the due steps of locked runs wait for what holds their run: ready ones, and those whose own wait or lease is over, which would else be
-- found due for ever. A lapsed lease is a crash, and does not use up one of the policy's attempts. What may not simply run again after its crash
-- is left to engine.give_up_lapsed: held, it would lose its start marker, and run again without anybody being asked.
create function engine.hold_steps(p_held engine.ruling[])
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  if cardinality(p_held) = 0 then
    return;
  end if;
  with due as (
    select step.run_id, step.step_key, step.item_path, step.status, step.attempt, held.reason
    from unnest(p_held) as held join public.steps as step using (run_id)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where step.status = 'ready'
      or (step.status = 'waiting' and step.waiting_for ->> 'kind' in ('retry', 'limit', 'budget') and step.due_at <= at)
      or (step.status = 'running' and step.lease_until <= at and step.crashes < 2
        and not (plan.effect = 'at_most_once' and step.start_marker_at is not null)
        and exists (
          select from public.attempts as attempt
          where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (step.run_id, step.step_key, step.item_path, step.attempt)))
  ), lost as (
    update public.attempts as attempt set outcome = 'lost', finished_at = greatest(at, attempt.started_at),
      error = jsonb_build_object('class', 'lost', 'code', 'lease_lost', 'message', 'The worker stopped answering; its lease ended.')
    from due
    where due.status = 'running'
      and (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (due.run_id, due.step_key, due.item_path, due.attempt)
  )
  update public.steps as step set
    status = 'waiting', last_move = 'step.waiting', waiting_for = due.reason, due_at = (due.reason ->> 'until')::timestamptz,
    lease_until = null, start_marker_at = null, tries = step.tries - (due.status = 'running')::int,
    crashes = step.crashes + (due.status = 'running')::int
  from due where (step.run_id, step.step_key, step.item_path) = (due.run_id, due.step_key, due.item_path);
  perform engine.settle_runs(array(select run_id from unnest(p_held)));
end $$;

-- 30-53-lock-runs.sql

-- Locks the runs of due steps, those whose turn comes first, and at most `p_most`, without waiting for any: `missed` when somebody else holds one.
-- `free` when no pause, lane or limit can hold any of them back, `admitted` when all were admitted before and are running. One look-up by key
-- each, whatever the planner thinks of a table that was nearly empty when it looked.
create function engine.lock_runs(
  p_candidates engine.step_ref[], p_most int, out runs uuid[], out missed boolean, out free boolean, out admitted boolean)
language plpgsql set search_path = ''
as $$
declare
  wanted constant uuid[] := array(
    select run_id from unnest(p_candidates) with ordinality as candidate (run_id, step_key, item_path, turn) group by run_id order by min(turn));
begin
  select coalesce(array_agg(id), '{}'), bool_and(is_free), bool_and(is_running) into runs, free, admitted
  from (
    select run.id, run.status = 'running' and run.admitted_at is not null as is_running,
      run.paused_at is null and workflow.status <> 'paused' and not lane.paused
        and (run.admitted_at is not null or (lane.wip_limit is null and run.limit_key is null and run.rate_key is null)) as is_free
    from unnest(wanted) with ordinality as chosen (run_id, turn)
    cross join lateral (
      select id, workspace_id, workflow_id, lane, status, admitted_at, paused_at, limit_key, rate_key, finished_at from public.runs
      where id = run_id offset 0 for no key update skip locked
    ) as run
    cross join lateral (
      select paused, wip_limit from public.lanes where (lanes.workspace_id, name) = (run.workspace_id, run.lane) offset 0) as lane
    cross join lateral (select workflows.status from public.workflows where id = run.workflow_id offset 0) as workflow
    where run.finished_at is null limit p_most
  ) as locked;
  missed := cardinality(runs) < least(p_most, cardinality(wanted));
end $$;

-- 30-53-take-due.sql

-- Moves up to `p_limit` due steps to running for a worker and returns them. Candidates are found without locks, their runs locked with
-- `skip locked`, and only then are the steps read again and taken: run first, then steps. Called by claim_steps and report_steps.
create function engine.take_due(p_worker text, p_limit int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at timestamptz;
  due record;
  locked record;
  ruling record;
  candidates engine.step_ref[];
  others engine.step_ref[];
  look int := p_limit;
  wanted int;
  lapsed boolean;
  alone boolean := false;
  taken engine.step_ref[];
  all_taken engine.step_ref[] := '{}';
begin
  -- A pass that only found runs a lane or limit holds back moves those out of the way; the next pass looks behind them. Behind runs that others
  -- hold just now, who are mostly other claims, the next pass looks further.
  for pass in 1 .. 8 loop
    wanted := p_limit - cardinality(all_taken);
    select * into due from engine.find_due(look);
    exit when cardinality(due.candidates) = 0;
    candidates := due.candidates;
    select * into locked from engine.lock_runs(candidates, wanted);
    if cardinality(locked.runs) > 0 then
      if cardinality(candidates) > wanted then
        candidates := array(
          select (run_id, step_key, item_path)::engine.step_ref
          from unnest(candidates) with ordinality as candidate (run_id, step_key, item_path, turn)
          where run_id = any (locked.runs) order by turn limit wanted);
      end if;
      -- A look at an index; most claims find none. By a time not before the candidates': whichever of them lapsed is ruled on before it is taken.
      at := engine.now();
      lapsed := exists (
        select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
          and status = 'running');
      if lapsed then
        select * into candidates, others, alone from engine.give_up_lapsed(candidates, locked.runs, p_worker, wanted);
        exit when alone and cardinality(all_taken) > 0;
      end if;
      -- A ruling on what lapsed may have put a run that was running to wait.
      select * into ruling from engine.hold_runs(locked.runs, locked.free, locked.admitted and not lapsed);
      if exists (select from public.connections where limits is not null) then
        candidates := engine.hold_connections(candidates, ruling.allowed);
      end if;
      taken := engine.take_steps(candidates, ruling.allowed, p_worker, p_lease);
      -- What dead workers left waits for something else: it must not keep everybody else waiting.
      if alone and cardinality(taken) = 0 then
        alone := false;
        if exists (select from public.connections where limits is not null) then
          others := engine.hold_connections(others, ruling.allowed);
        end if;
        taken := engine.take_steps(others, ruling.allowed, p_worker, p_lease);
      end if;
      all_taken := all_taken || taken;
    end if;
    exit when cardinality(all_taken) >= p_limit or alone;
    if locked.missed then
      exit when due.complete or look >= 1000;
      look := look * 4;
    else
      exit when cardinality(locked.runs) = 0 or ruling.held = 0 and (cardinality(taken) = 0 or (due.complete and not lapsed));
    end if;
  end loop;
  return all_taken;
end $$;

-- 30-54-hold-connections.sql

-- Of due steps whose runs may go, leaves those that connections with limits have room for; the others wait for a place. Called by
-- engine.take_due where any connection has limits.
create function engine.hold_connections(p_candidates engine.step_ref[], p_runs uuid[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  due record;
  connection public.connections;
  answer jsonb;
  held uuid[] := '{}';
  granted text[] := '{}';
  left_out engine.step_ref[] := '{}';
begin
  for due in
    select step.run_id, step.step_key, step.item_path, step.attempt, step.status, step.workspace_id, plan.connections
    from unnest(p_candidates) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step and plan.gated
    where run_id = any (p_runs) and (step.status = 'ready' or (step.status = 'running' and step.lease_until <= at)
      or (step.status = 'waiting' and step.waiting_for ->> 'kind' in ('retry', 'limit', 'budget') and step.due_at <= at))
    order by step.priority, step.rank, step.item_path
  loop
    answer := null;
    for connection in
      select * from public.connections as used
      where used.workspace_id = due.workspace_id and used.slug = any (due.connections) and used.limits is not null order by used.slug
    loop
      answer := engine.connection_wait(connection, (due.run_id, due.step_key, due.item_path)::engine.step_ref, due.attempt + 1,
        cardinality(array_positions(granted, connection.id::text)));
      exit when not answer ? 'go';
    end loop;
    if answer is null or answer ? 'go' then
      granted := granted || array(
        select used.id::text from public.connections as used
        where used.workspace_id = due.workspace_id and used.slug = any (due.connections) and used.limits is not null);
      continue;
    end if;
    left_out := left_out || (due.run_id, due.step_key, due.item_path)::engine.step_ref;
    -- A step whose worker died keeps its lapsed lease until there is room: it holds a place as long as nobody else has taken it over.
    continue when answer ? 'busy' or due.status = 'running';
    update public.steps set status = 'waiting', last_move = 'step.waiting', waiting_for = answer, due_at = (answer ->> 'until')::timestamptz
    where (run_id, step_key, item_path) = (due.run_id, due.step_key, due.item_path);
    held := held || due.run_id;
  end loop;
  if cardinality(held) > 0 then
    perform engine.settle_runs(held);
  end if;
  return array(select candidate from unnest(p_candidates) as candidate where not candidate = any (left_out));
end $$;

-- 30-54-hold-runs.sql

-- Decides which of these locked runs may have steps claimed now. Those a pause, a lane or a limit holds back wait for that, which takes their
-- steps out of the queue (`held` says how many). The `allowed` ones are admitted: from now on they count towards their lane and key. Of runs that
-- are known to be free of all that (engine.lock_runs) nothing is asked, and those that are admitted and running stay as they are.
create function engine.hold_runs(p_runs uuid[], p_free boolean, p_admitted boolean, out allowed uuid[], out held int)
language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  rulings engine.ruling[];
begin
  held := 0;
  if p_free then
    allowed := p_runs;
  else
    rulings := engine.rule_lanes(p_runs);
    if exists (select from unnest(rulings) where verdict = 'limits') then
      rulings := engine.rule_limits(rulings);
    end if;
    allowed := array(select run_id from unnest(rulings) where verdict = 'go');
    if cardinality(allowed) < cardinality(rulings) then
      held := (select count(*) from unnest(rulings) where verdict = 'hold');
      perform engine.hold_steps(array(select ruling from unnest(rulings) as ruling where verdict = 'hold' order by run_id));
    end if;
  end if;
  if p_free and p_admitted then
    return;
  end if;
  update public.runs as run set
    admitted_at = coalesce(admitted_at, at), started_at = coalesce(started_at, greatest(at, created_at)),
    status = 'running', waiting_for = null,
    last_move = case status when 'queued' then 'run.started' when 'waiting' then 'run.resumed' else last_move end
  where id = any (allowed) and (admitted_at is null or status <> 'running') and error is null and cancel_requested_at is null
    -- Steps of this run are asked for, and not, through an index of what is due, those of all.
    and ((counts -> 'ready')::int > 0 or (counts -> 'waiting')::int > 0 and exists (
      select from (select status, waiting_for, due_at from public.steps where run_id = run.id offset 0) as step
      where step.status = 'waiting' and step.waiting_for ->> 'kind' in ('retry', 'limit', 'budget') and step.due_at <= at));
end $$;

-- 30-55-part-lapsed.sql

-- Parts due steps into what one claim may take together, and the `others`, for when none of that can go. Where workers died that is one suspect, a
-- step whose worker died twice, and not while this worker holds one already; else a few of those whose worker died once; else everything. Whichever
-- of them is deadly kills its worker soon, so what is taken with it must be little, and must not die of it a third time. Called by give_up_lapsed.
create function engine.part_lapsed(
  p_candidates engine.step_ref[], p_runs uuid[], p_worker text, p_limit int, out candidates engine.step_ref[], out others engine.step_ref[], out alone boolean)
language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  suspects engine.step_ref[];
begin
  select coalesce(array_agg(ref order by age, turn) filter (where crashes >= 1), '{}'),
    coalesce(array_agg(ref order by age, turn) filter (where crashes = 0), '{}'),
    coalesce(array_agg(ref order by turn) filter (where crashes is null), '{}')
  into suspects, candidates, others
  from (
    select (run_id, step_key, item_path)::engine.step_ref as ref, turn, step.lease_until as age,
      case when step.status = 'running' and step.lease_until <= at then step.crashes end as crashes
    from unnest(p_candidates) with ordinality as candidate (run_id, step_key, item_path, turn)
    join public.steps as step using (run_id, step_key, item_path)
    where run_id = any (p_runs)
  ) as due;
  if cardinality(suspects) > 0 and not exists (
    select from public.steps
    where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) > at
      and status = 'running' and worker = p_worker and crashes >= 2
  ) then
    candidates := suspects[1:1];
  end if;
  candidates := candidates[1:greatest(4, p_limit / 8)];
  alone := cardinality(candidates) > 0;
  if not alone then
    candidates := others;
  end if;
end $$;

-- 30-55-take-steps.sql

-- Starts those of the candidates that are still due and whose run is locked: ready steps, due retries, and steps whose lease lapsed
-- (a crash: a new attempt that uses up none of the policy's). Keeps each run within its parallelism. One look-up by key each (`offset 0`): a planner that
-- last saw an empty queue reads the whole of it instead, once for every claim.
create function engine.take_steps(p_candidates engine.step_ref[], p_runs uuid[], p_worker text, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  taken engine.step_ref[];
begin
  with due as (
    select step.run_id, step.step_key, step.item_path, step.status,
      run.max_parallel - (run.counts -> 'running')::int as room,
      row_number() over (partition by step.run_id, step.status = 'running' order by step.rank, step.item_path) as place,
      at + plan.deadline_ms * interval '1 ms' as deadline_at
    from unnest(p_candidates) as candidate (run_id, step_key, item_path)
    cross join lateral (
      select * from public.steps as one
      where (one.run_id, one.step_key, one.item_path) = (candidate.run_id, candidate.step_key, candidate.item_path) offset 0) as step
    cross join lateral (select deadline_ms from engine.plan_steps where id = step.plan_step offset 0) as plan
    cross join lateral (
      select max_parallel, counts, error, cancel_requested_at from public.runs where id = step.run_id offset 0) as run
    where step.run_id = any (p_runs) and run.error is null and run.cancel_requested_at is null
      and (step.status = 'ready'
        or (step.status = 'waiting' and step.waiting_for ->> 'kind' in ('retry', 'limit', 'budget') and step.due_at <= at)
        or (step.status = 'running' and step.lease_until <= at))
  ), lost as (
    update public.attempts as attempt
    set outcome = 'lost', finished_at = greatest(at, attempt.started_at),
      error = jsonb_build_object('class', 'lost', 'code', 'lease_lost', 'message', 'The worker stopped answering; its lease ended.')
    from due join public.steps as step using (run_id, step_key, item_path)
    where due.status = 'running'
      and (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (step.run_id, step.step_key, step.item_path, step.attempt)
  ), started as (
    update public.steps as step set
      status = 'running', last_move = case step.status when 'running' then 'step.recovered' else 'step.started' end,
      attempt = step.attempt + 1, tries = step.tries + (step.status <> 'running')::int,
      crashes = step.crashes + (step.status = 'running')::int, worker = p_worker, lease_until = at + p_lease,
      waiting_for = null, start_marker_at = null, started_at = coalesce(step.started_at, at),
      deadline_at = coalesce(step.deadline_at, due.deadline_at)
    from due
    where (step.run_id, step.step_key, step.item_path) = (due.run_id, due.step_key, due.item_path)
      and (due.status = 'running' or due.place <= due.room)
    returning step.run_id, step.step_key, step.item_path
  )
  select array_agg((run_id, step_key, item_path)::engine.step_ref) into taken from started;
  return coalesce(taken, '{}');
end $$;

-- 30-56-give-up-lapsed.sql

-- Ends the lapsed steps that may not simply run again: the third crash is poison; an at_most_once step past its start marker asks a
-- person; a step of a run that is ending is cancelled. Returns the candidates that may be taken now: where workers died those are few, and nothing
-- goes with them (`alone`), unless none of them can go; then the `others` may. Called by take_due before it starts them.
create function engine.give_up_lapsed(
  p_candidates engine.step_ref[], p_runs uuid[], p_worker text, p_limit int,
  out candidates engine.step_ref[], out others engine.step_ref[], out alone boolean)
language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  lapsed record;
  ended engine.step_ref[] := '{}';
  touched uuid[] := '{}';
begin
  for lapsed in
    select step.*, plan.effect, run.error is not null or run.cancel_requested_at is not null as ending
    from unnest(p_candidates) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    where run_id = any (p_runs) and step.status = 'running' and step.lease_until <= at
      and (step.crashes >= 2 or (plan.effect = 'at_most_once' and step.start_marker_at is not null)
        or run.error is not null or run.cancel_requested_at is not null)
    order by step.lease_until, step.run_id, step.rank, step.item_path
  loop
    update public.attempts set outcome = 'lost', finished_at = greatest(at, started_at),
      error = jsonb_build_object('class', 'lost', 'code', 'lease_lost', 'message', 'The worker stopped answering; its lease ended.')
    where (run_id, step_key, item_path, n) = (lapsed.run_id, lapsed.step_key, lapsed.item_path, lapsed.attempt);
    if lapsed.ending then
      perform engine.cancel_steps(lapsed.run_id, array[(lapsed.run_id, lapsed.step_key, lapsed.item_path)::engine.step_ref]);
    elsif lapsed.effect = 'at_most_once' and lapsed.start_marker_at is not null then
      perform engine.ask_reconcile((lapsed.run_id, lapsed.step_key, lapsed.item_path)::engine.step_ref, 'Its worker died after starting it.');
    else
      update public.steps set status = 'failed', last_move = 'step.failed', crashes = crashes + 1, finished_at = greatest(at, started_at), lease_until = null,
        error = jsonb_build_object('class', 'lost', 'code', 'poison', 'step', step_key,
          'message', 'Three workers died while running this step, so it is not tried again.',
          'hint', 'Look at its last attempts for what they have in common, then retry.')
      where (run_id, step_key, item_path) = (lapsed.run_id, lapsed.step_key, lapsed.item_path);
      ended := ended || (lapsed.run_id, lapsed.step_key, lapsed.item_path)::engine.step_ref;
    end if;
    touched := touched || lapsed.run_id;
  end loop;
  if cardinality(touched) > 0 then
    perform engine.advance(ended, null, 0, null);
    perform engine.settle_runs(touched);
    -- What was poisoned may have ended its run: whatever else of that lapsed ends with it now.
    perform engine.give_up_lapsed(p_candidates, touched, p_worker, p_limit);
  end if;
  select * into candidates, others, alone from engine.part_lapsed(p_candidates, p_runs, p_worker, p_limit);
end $$;

-- 30-57-ask-reconcile.sql

-- Makes a step whose outcome nobody knows wait for a person, who decides: do it again, treat it as done, or fail.
create function engine.ask_reconcile(p_step engine.step_ref, p_why text)
returns void language plpgsql set search_path = ''
as $$
declare
  asked public.approvals;
begin
  insert into public.approvals (run_id, step_key, item_path, attempt, workspace_id, purpose, title, message, opened_at)
  select run_id, step_key, item_path, attempt, workspace_id, 'reconcile', format('Did "%s" happen?', title),
    p_why || ' It may or may not have taken effect. Look at the other side, then decide: do it again, treat it as done, or fail it.',
    engine.now()
  from public.steps where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  returning * into asked;
  update public.steps set
    status = 'waiting', last_move = 'step.waiting', lease_until = null, due_at = null, deadline_at = null, finished_at = null,
    waiting_for = jsonb_build_object('kind', 'reconcile', 'ref', asked.id)
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
end $$;

-- 30-58-cancel-steps.sql

-- Cancels steps of a run that is ending: the given ones, or (null) all that are not running. Their open questions and child runs end too.
-- A running at_most_once step past its start marker is cancelled with `outcome_unknown`: a resume asks a person first.
create function engine.cancel_steps(p_run uuid, p_steps engine.step_ref[] default null)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  with chosen as (
    select step.run_id, step.step_key, step.item_path, step.status, step.attempt, step.waiting_for ->> 'ref' as ref, step.title,
      (step.start_marker_at is not null and step.status = 'running') or step.waiting_for ->> 'kind' = 'reconcile' as unknown
    from public.steps as step
    where step.run_id = p_run and case
      when p_steps is null then step.status in ('pending', 'ready', 'waiting')
      else step.status in ('pending', 'ready', 'waiting', 'running')
        and exists (select from unnest(p_steps) as one where (one.step_key, one.item_path) = (step.step_key, step.item_path))
    end
  ), closed as (
    update public.approvals as approval set status = 'cancelled', decided_at = at
    from chosen where (approval.run_id, approval.step_key, approval.item_path) = (p_run, chosen.step_key, chosen.item_path)
      and approval.status = 'open'
  ), ended as (
    update public.attempts as attempt set outcome = 'cancelled', finished_at = greatest(at, attempt.started_at)
    from chosen where chosen.status = 'running' and attempt.outcome is null
      and (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (p_run, chosen.step_key, chosen.item_path, chosen.attempt)
  ), told as (
    insert into engine.deliveries (run_id, kind)
    select substr(ref, 5)::uuid, 'cancel' from chosen
    where status = 'waiting' and ref like 'run:%' and exists (select from public.runs where id = substr(ref, 5)::uuid)
  )
  update public.steps as step set
    status = 'cancelled', last_move = 'step.cancelled', finished_at = greatest(at, step.started_at), lease_until = null, waiting_for = null, due_at = null,
    error = case when chosen.unknown then jsonb_build_object('class', 'cancelled', 'code', 'outcome_unknown', 'step', step.step_key,
      'message', 'The run ended while this step was under way; whether it took effect is not known.') else step.error end
  from chosen where (step.run_id, step.step_key, step.item_path) = (chosen.run_id, chosen.step_key, chosen.item_path);
end $$;

-- 30-59-row-ahead.sql

-- The steps a worker may do right after one of plan step `p_first` (AheadStep, core/worker.ts), the same in every run. Their `reads` name what
-- the scopes have of the steps before them in the row.
create function engine.row_ahead(p_first bigint, p_ahead bigint[])
returns text language plpgsql stable set search_path = ''
as $$
declare
  keys constant text[] := array(select step_key from engine.plan_steps where id = any (p_first || p_ahead));
begin
  return (
    select concat('[', string_agg(concat(plan.head,
      ',"after":' || to_json(before.ahead_port)::text,
      ',"reads":', coalesce((
        select json_agg(json_build_object('step', read.step_key, 'part', read.part, 'port', read.port))::text
        from unnest(plan.reads_steps) as read where read.step_key = any (keys)), '[]'), '}'), ',' order by place), ']')
    from unnest(p_ahead) with ordinality as listed (id, place)
    join engine.plan_steps as plan on plan.id = listed.id
    join engine.plan_steps as before on before.id = coalesce(p_ahead[place - 1], p_first)
  );
end $$;

-- 30-59-scopes-ahead.sql

-- The scopes of the steps a worker may do right after a claimed one: all but what the steps before them in the row put out. Of a body's steps
-- `item` and `index` are null: the worker has them from the split.
create function engine.scopes_ahead(p_run uuid, p_item int[], p_first bigint, p_ahead bigint[])
returns text language plpgsql stable set search_path = ''
as $$
declare
  keys constant text[] := array(select step_key from engine.plan_steps where id = any (p_first || p_ahead));
begin
  return (
    select concat('[', string_agg(concat('{', concat_ws(',',
        case when exists (select from unnest(plan.reads_steps) as read where read.step_key <> all (keys)) then concat('"steps":',
          engine.read_steps(p_run, p_item, array(select read from unnest(plan.reads_steps) as read where read.step_key <> all (keys)))) end,
        case when 'input' = any (plan.reads_roots) then concat('"input":', coalesce((
          select engine.pick_keys(input, plan.reads_input)::text from public.run_payloads where run_id = p_run), 'null')) end,
        case when 'vars' = any (plan.reads_roots) then concat('"vars":', coalesce(plan.vars::text, '{}')) end,
        case when 'item' = any (plan.reads_roots) then concat('"item":', coalesce((
          select value::text from engine.items as item
          where (item.run_id, item.collector, item.item_path)
            = (p_run, plan.bodies[plan.item_depth], p_item[1:plan.item_depth])), 'null')) end,
        case when 'index' = any (plan.reads_roots) then concat('"index":', coalesce(p_item[plan.item_depth]::text, 'null')) end
      ), '}'), ',' order by place), ']')
    from unnest(p_ahead) with ordinality as listed (id, place)
    join engine.plan_steps as plan on plan.id = listed.id
  );
end $$;

-- 30-59-vanished-workers.sql

-- Which workers had a session that the database no longer lists: their processes are gone, or cut off. Reads a few rows and what the
-- server holds in memory. A session whose start we may not see is known by its process id alone.
create function engine.vanished_workers()
returns text[] language plpgsql volatile set search_path = ''
as $$
begin
  return array(
    select known.worker from engine.workers as known
    where known.pid is not null and not exists (
      select from pg_stat_get_activity(known.pid) as session
      where coalesce(session.backend_start, known.session_started) = known.session_started));
end $$;

-- 30-60-hand-out.sql

-- Opens an attempt for each step just moved to running and returns them as ClaimedSteps (core/worker.ts): the plan's fixed part, and a
-- scope of exactly the values at the step's reads. What may be done ahead comes with the first of each plan step only. Put together as text: building json from values cost more than everything else a claim
-- does. Keys, statuses and modes are words without quotes.
create function engine.hand_out(p_claimed engine.step_ref[])
returns json language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  claimed text;
begin
  if cardinality(p_claimed) = 0 then
    return '[]';
  end if;
  with step as materialized (
    select step.*, place, row_number() over (partition by step.plan_step order by place) = 1 as is_first
    from unnest(p_claimed) with ordinality as ref (run_id, step_key, item_path, place)
    join public.steps as step using (run_id, step_key, item_path)
  ), opened as (
    insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, queued_ms)
    select run_id, step_key, item_path, attempt, workspace_id, worker, at, greatest(0, extract(epoch from at - due_at) * 1000)::bigint
    from step
  )
  select string_agg(concat(plan.head,
    ',"runId":"', step.run_id, '","workspaceId":"', step.workspace_id,
    '","itemPath":', case when step.item_path = '{}' then '[]' else translate(step.item_path::text, '{}', '[]') end,
    ',"attempt":', step.attempt, ',"tries":', step.tries, case when step.crashes > 0 then concat(',"crashes":', step.crashes) end,
    ',"leaseUntil":"', to_char(step.lease_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    '","keyRun":"', run.key_run, '","planHash":"', run.plan_hash, '","mode":"', run.mode, '","scope":{', concat_ws(',',
      case when 'steps' = any (plan.reads_roots) then concat('"steps":', coalesce(
        -- The most frequent case: one port of one step that succeeded and gave it.
        case when cardinality(plan.reads_steps) = 1 and (plan.reads_steps[1]).port is not null then (
          select concat('{"', other.step_key, '":{"output":{', to_json((plan.reads_steps[1]).port), ':', payload.output -> (plan.reads_steps[1]).port, '}}}')
          from public.steps as other
          join public.step_payloads as payload on (payload.run_id, payload.step_key, payload.item_path) = (other.run_id, other.step_key, other.item_path)
          where (other.run_id, other.step_key, other.item_path)
              = (step.run_id, (plan.reads_steps[1]).step_key, step.item_path[1:(plan.reads_steps[1]).depth])
            and (plan.reads_steps[1]).part = 'output' and other.status = 'succeeded'
            and payload.output ? (plan.reads_steps[1]).port and not payload.output ? '$blob') end,
        engine.read_steps(step.run_id, step.item_path, plan.reads_steps)::text)) end,
      case when 'input' = any (plan.reads_roots) then concat('"input":', coalesce((
        select engine.pick_keys(input, plan.reads_input)::text from public.run_payloads where run_id = step.run_id), 'null')) end,
      case when 'vars' = any (plan.reads_roots) then concat('"vars":', coalesce(plan.vars::text, '{}')) end,
      case when 'item' = any (plan.reads_roots) then concat('"item":', coalesce((
        select value::text from engine.items as item
        where (item.run_id, item.collector, item.item_path)
          = (step.run_id, plan.bodies[plan.item_depth], step.item_path[1:plan.item_depth])), 'null')) end,
      case when 'index' = any (plan.reads_roots) then concat('"index":', step.item_path[plan.item_depth]) end,
      case when 'previous' = any (plan.reads_roots) then concat('"previous":', coalesce((
        select value::text from engine.items as item
        where (item.run_id, item.collector, item.item_path)
          = (step.run_id, plan.bodies[plan.turn_depth], step.item_path[1:plan.turn_depth])), 'null')) end,
      case when 'turn' = any (plan.reads_roots) then concat('"turn":', step.item_path[plan.turn_depth]) end,
      case when 'trigger' = any (plan.reads_roots) then concat('"trigger":', run.trigger) end,
      case when 'run' = any (plan.reads_roots) then concat('"run":', json_build_object(
        'id', step.run_id, 'mode', run.mode, 'lane', run.lane, 'startedAt', engine.iso_time(run.started_at))) end
    ), '}',
    ',"keptOutput":' || case when step.keeps_output then (
      select output::text from public.step_payloads as kept
      where (kept.run_id, kept.step_key, kept.item_path) = (step.run_id, step.step_key, step.item_path)) end,
    ',"keptChecks":' || case when step.keeps_output then (
      select checks::text from public.step_payloads as kept
      where (kept.run_id, kept.step_key, kept.item_path) = (step.run_id, step.step_key, step.item_path)) end,
    ',"budgeted":' || case when run.budgets is not null then (select json_agg(name) from jsonb_object_keys(run.budgets) as name)::text end,
    ',"override":' || case when run.retry_of is not null then (
      select override -> 'inputs' from public.run_payloads where run_id = step.run_id and override ->> 'step' = step.step_key)::text end,
    case when plan.ahead is not null and run.budgets is null and run.retry_of is null and not step.keeps_output then concat(
      ',"followingScopes":', case when plan.ahead_reads then engine.scopes_ahead(step.run_id, step.item_path, plan.id, plan.ahead) else '[]' end,
      case when step.is_first then concat(',"following":', engine.row_ahead(plan.id, plan.ahead)) end) end,
    '}'), ',' order by place)
  into claimed
  from step
  join engine.plan_steps as plan on plan.id = step.plan_step
  join public.runs as run on run.id = step.run_id;
  return '[' || coalesce(claimed, '') || ']';
end $$;

-- 30-61-pick-keys.sql

-- The named keys of an object that it has; `*` means all of it. A value that is no object (a reference to a file) is returned whole.
-- Put together as json, as in read_steps: jsonb's aggregates take time with the square of a list inside a value (1.4 s for 3,000 texts).
create function engine.pick_keys(p_object jsonb, p_keys text[])
returns json language plpgsql immutable set search_path = ''
as $$
begin
  if '*' = any (p_keys) or jsonb_typeof(p_object) <> 'object' or p_object ? '$blob' then
    return p_object::json;
  end if;
  return coalesce((select json_object_agg(key, p_object -> key) from unnest(p_keys) as key where p_object ? key), '{}');
end $$;

-- 30-62-read-steps.sql

-- The `steps` root of a scope: for each step read, the ports, status and error asked for. Ports of a step that did not succeed are null,
-- ports a succeeded step left out are absent. An output stored as one file is returned whole.
create function engine.read_steps(p_run uuid, p_item int[], p_reads engine.step_read[])
returns json language plpgsql stable set search_path = ''
as $$
declare
  single constant engine.step_read := p_reads[1];
  found record;
begin
  -- The most frequent case: one port of one step that succeeded and gave it.
  if cardinality(p_reads) = 1 and single.part = 'output' and single.port is not null then
    select payload.output -> single.port as value into found
    from public.steps as step join public.step_payloads as payload using (run_id, step_key, item_path)
    where (step.run_id, step.step_key, step.item_path) = (p_run, single.step_key, p_item[1:single.depth])
      and step.status = 'succeeded' and payload.output ? single.port and not payload.output ? '$blob';
    if found.value is not null then
      return json_build_object(single.step_key, json_build_object('output', json_build_object(single.port, found.value)));
    end if;
  end if;
  return coalesce((
    select json_object_agg(step_key, parts)
    from (
      select read.step_key,
        case when bool_or(read.part is null or read.part = 'output') then jsonb_build_object('output', case
          when bool_or(read.port is null and coalesce(read.part, 'output') = 'output' or payload.output ? '$blob')
            then coalesce((array_agg(payload.output))[1], 'null')
          else coalesce((json_object_agg(read.port, coalesce(payload.output -> read.port, 'null'))
            filter (where read.port is not null and (step.status <> 'succeeded' or payload.output ? read.port)))::jsonb, '{}')
        end) else '{}' end
        || case when bool_or(coalesce(read.part, 'status') = 'status')
          then jsonb_build_object('status', (array_agg(step.status))[1]) else '{}' end
        || case when bool_or(coalesce(read.part, 'error') = 'error')
          then jsonb_build_object('error', coalesce((array_agg(step.error))[1], 'null')) else '{}' end as parts
      from unnest(p_reads) as read
      join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, read.step_key, p_item[1:read.depth])
      left join public.step_payloads as payload
        on (payload.run_id, payload.step_key, payload.item_path) = (step.run_id, step.step_key, step.item_path)
      group by read.step_key
    ) as read_step
  ), '{}');
end $$;

-- 30-70-advance.sql

-- Lets the end of steps take effect: failures, dependents, map items, collectors, until nothing more follows. Returns the steps it started
-- for the worker that reports (at most `p_take`). The caller holds the runs' locks and settles the runs afterwards.
create function engine.advance(p_ended engine.step_ref[], p_worker text, p_take int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  ended engine.step_ref[] := p_ended;
  next_ended engine.step_ref[];
  moved engine.moved[];
  started engine.step_ref[] := '{}';
  facts record;
begin
  while cardinality(ended) > 0 loop
    next_ended := '{}';
    select bool_or(status = 'failed') as any_failed, bool_or(status = 'succeeded' and role = 'split') as any_split,
      bool_or(item_path <> '{}') as any_item, bool_or(role = 'turn') as any_turn
    into facts
    from unnest(ended) join public.steps using (run_id, step_key, item_path);
    if facts.any_failed then
      next_ended := next_ended || engine.end_failures(ended);
    end if;
    moved := engine.give_tokens(engine.tokens_of(ended), p_worker, p_take - cardinality(started), p_lease);
    if facts.any_split then
      next_ended := next_ended || engine.open_maps(ended);
    end if;
    if facts.any_turn then
      perform engine.open_turns(ended);
    end if;
    if facts.any_item then
      moved := moved || engine.count_items(ended, p_worker, p_take - cardinality(started)
        - (select count(*)::int from unnest(moved) where status = 'running'), p_lease);
    end if;
    started := started || array(
      select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status = 'running');
    next_ended := next_ended || array(
      select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status not in ('running', 'ready'));
    ended := next_ended;
  end loop;
  return started;
end $$;

-- 30-71-end-failures.sql

-- What failed steps do to what stands around them: a split fails its map; an uncaught failure outside of bodies stops the run; one inside a
-- body whose map is set to fail stops the map's other items. Returns the collectors it failed.
create function engine.end_failures(p_ended engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  failed record;
  collectors engine.step_ref[] := '{}';
begin
  for failed in
    select step.*, plan.collector, plan.bodies, plan.within, plan.on_failure, run.workflow_id, run.version
    from unnest(p_ended) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    where step.status = 'failed'
    order by step.run_id, step.finished_at, step.rank, step.item_path
  loop
    if failed.role = 'split' then
      update public.steps set status = 'failed', last_move = 'step.failed', error = failed.error, finished_at = greatest(engine.now(), started_at)
      where (run_id, step_key, item_path) = (failed.run_id, failed.collector, failed.item_path) and status = 'pending';
      collectors := collectors || (failed.run_id, failed.collector, failed.item_path)::engine.step_ref;
    elsif failed.on_failure <> 'fail_run' then
      continue;
    elsif failed.within is null then
      update public.runs set error = failed.error || jsonb_build_object('step', failed.step_key)
      where id = failed.run_id and error is null;
      perform engine.cancel_steps(failed.run_id);
    elsif (
      select map_config ->> 'onItemFailure' from engine.plan_steps
      where (workflow_id, version, step_key) = (failed.workflow_id, failed.version, failed.within)
    ) is distinct from 'collect' then
      update public.steps set items_failed = greatest(items_failed, 1)
      where (run_id, step_key) = (failed.run_id, failed.within)
        and item_path = failed.item_path[1:cardinality(failed.item_path) - 1] and status = 'pending';
      perform engine.cancel_steps(failed.run_id, array(
        select (step.run_id, step.step_key, step.item_path)::engine.step_ref
        from engine.plan_steps as inside
        join public.steps as step on step.run_id = failed.run_id and step.plan_step = inside.id and step.step_key = inside.step_key
          and step.item_path[1:cardinality(failed.bodies) - 1] = failed.item_path[1:cardinality(failed.bodies) - 1]
        where (inside.workflow_id, inside.version) = (failed.workflow_id, failed.version)
          and inside.bodies[cardinality(failed.bodies)] = failed.within
          and step.status in ('pending', 'ready', 'waiting')));
    end if;
  end loop;
  return collectors;
end $$;

-- 30-72-insert-items.sql

-- Inserts the instances of a container's body for the items (or turns) from `p_from` to before `p_to`; those before `p_started` start at
-- once. Safe to repeat. The caller holds the run's lock.
create function engine.insert_items(p_collector engine.step_ref, p_from int, p_to int, p_started int)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  inserted engine.step_ref[];
begin
  select step.run_id, step.item_path, step.workspace_id, step.priority, step.lane, plan.workflow_id, plan.version, plan.step_key into map
  from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_collector.run_id, p_collector.step_key, p_collector.item_path);
  with body as (
    select plan.*, coalesce(outer_deps.met, 0) as met, coalesce(outer_deps.dead, 0) as dead
    from engine.plan_steps as plan
    left join lateral engine.outer_deps(map.run_id, plan.id, map.item_path) as outer_deps on true
    where (plan.workflow_id, plan.version, plan.within) = (map.workflow_id, map.version, map.step_key)
      and plan.role is distinct from 'rollback'
  ), new_steps as (
    insert into public.steps (
      run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, attempt_limit,
      remaining_deps, dead_deps, due_at)
    select map.run_id, body.step_key, map.item_path || n, map.workspace_id, body.id, body.node_id, body.kind, body.role, body.title,
      body.rank, map.priority, map.lane, case when startable and n < p_started then 'ready' else 'pending' end, body.max_attempts,
      body.total_deps - body.met - body.dead - (body.join_mode = 'all' and n < p_started)::int, body.dead,
      case when startable and n < p_started then at end
    from body cross join generate_series(p_from, p_to - 1) as n
    cross join lateral (
      select body.dead = 0 and body.join_mode = 'all' and body.total_deps - body.met = 1 and body.role is distinct from 'collect'
    ) as root (startable)
    on conflict do nothing
    returning run_id, step_key, item_path, status, remaining_deps, dead_deps
  )
  select array_agg((run_id, step_key, item_path)::engine.step_ref) into inserted
  from new_steps where status = 'pending' and (dead_deps > 0 or remaining_deps = 0);
  if inserted is not null then
    perform engine.advance(engine.skipped_of(engine.give_tokens(
      array(select (run_id, step_key, item_path, 0, 0)::engine.token from unnest(inserted)), null, 0, null)), null, 0, null);
  end if;
end $$;

-- 30-72-open-maps.sql

-- Inserts the instances of a body for every item of each succeeded split that was not done ahead, the first `concurrency` of them started;
-- of a repeat, those of the first turn. A container's deadline counts from the start of its split. Safe to repeat.
-- Returns the collectors of maps with nothing left to do, which end at once.
create function engine.open_maps(p_splits engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  ended engine.step_ref[] := '{}';
begin
  for map in
    select split.run_id, split.item_path, split.items_total as total, plan.collector,
      plan.workflow_id, plan.version, map_step.items_done as done,
      case when plan.deadline_ms is not null then coalesce((
        select started_at from public.attempts as attempt
        where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (split.run_id, split.step_key, split.item_path, split.attempt)
      ), at) + plan.deadline_ms * interval '1 ms' end as deadline_at,
      least(split.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8)) as at_once,
      least(split.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8) + map_step.items_done) as started
    from unnest(p_splits) join public.steps as split using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = split.plan_step
    join public.runs as run on run.id = split.run_id
    join public.steps as map_step on map_step.status = 'pending'
      and (map_step.run_id, map_step.step_key, map_step.item_path) = (split.run_id, plan.collector, split.item_path)
    where split.role = 'split' and split.status = 'succeeded' and run.error is null and run.cancel_requested_at is null
  loop
    update public.steps set items_total = map.total, items_started = map.started, deadline_at = map.deadline_at
    where (run_id, step_key, item_path) = (map.run_id, map.collector, map.item_path) and status = 'pending';
    if map.done = map.total then
      ended := ended || engine.settle_collectors(array[(map.run_id, map.collector, map.item_path)::engine.step_ref]);
      continue;
    end if;
    perform engine.insert_items((map.run_id, map.collector, map.item_path)::engine.step_ref, 0, map.total, map.at_once);
    -- Viewers know of the first without being told; of those that start in the place of items done ahead they are told.
    if map.started > map.at_once then
      perform engine.advance(engine.skipped_of(engine.give_tokens(array(
        select (map.run_id, body.step_key, map.item_path || n, 1, 0)::engine.token
        from engine.plan_steps as body cross join generate_series(map.at_once, map.started - 1) as n
        where (body.workflow_id, body.version, body.within) = (map.workflow_id, map.version, map.collector) and body.join_mode = 'all'
      ), null, 0, null)), null, 0, null);
    end if;
  end loop;
  return ended;
end $$;

-- 30-72-open-turns.sql

-- Starts the turn that follows each ended turn of a repeat, unless that was the last one: its condition held, the bound is reached, or the
-- run is ending. A turn of which nothing ran ends without a result: the next one goes on with the one before. Safe to repeat.
create function engine.open_turns(p_turns engine.step_ref[])
returns void language plpgsql set search_path = ''
as $$
declare
  turn record;
begin
  for turn in
    select ended.run_id, plan.collector, ended.item_path[1:cardinality(plan.bodies) - 1] as map_path,
      ended.item_path[cardinality(plan.bodies)] + 1 as next,
      case ended.status when 'succeeded' then payload.output -> 'value' else before.value end as value
    from unnest(p_turns) join public.steps as ended using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = ended.plan_step
    join public.runs as run on run.id = ended.run_id
    join public.steps as cycle on cycle.status = 'pending' and (cycle.run_id, cycle.step_key, cycle.item_path)
      = (ended.run_id, plan.collector, ended.item_path[1:cardinality(plan.bodies) - 1])
    join engine.plan_steps as cycle_plan on cycle_plan.id = cycle.plan_step
    join engine.items as before on (before.run_id, before.collector, before.item_path) = (ended.run_id, plan.collector, ended.item_path)
    left join public.step_payloads as payload
      on (payload.run_id, payload.step_key, payload.item_path) = (ended.run_id, ended.step_key, ended.item_path)
    where ended.role = 'turn' and ended.status in ('succeeded', 'skipped') and run.error is null and run.cancel_requested_at is null
      and not (ended.status = 'succeeded' and (payload.output -> 'done')::boolean)
      and cycle.items_total = ended.item_path[cardinality(plan.bodies)] + 1
      and cycle.items_total < (cycle_plan.map_config ->> 'maxTurns')::int and cycle.items_failed = 0
  loop
    insert into engine.items (run_id, collector, item_path, value)
    values (turn.run_id, turn.collector, turn.map_path || turn.next, coalesce(turn.value, 'null'))
    on conflict (run_id, collector, item_path) do update set value = excluded.value;
    update public.steps set items_total = turn.next + 1, items_started = turn.next + 1
    where (run_id, step_key, item_path) = (turn.run_id, turn.collector, turn.map_path);
    perform engine.insert_items(
      (turn.run_id, turn.collector, turn.map_path)::engine.step_ref, turn.next, turn.next + 1, turn.next + 1);
  end loop;
end $$;

-- 30-73-outer-deps.sql

-- How many of a body step's dependencies on steps outside of its body have ended, and how; for the items below `p_item`.
create function engine.outer_deps(p_run uuid, p_plan_step bigint, p_item int[])
returns table (met int, dead int) language plpgsql stable set search_path = ''
as $$
begin
  return query
  select count(*) filter (where ended.is_met)::int, count(*) filter (where not ended.is_met)::int
  from (
    select case edge.wanted
        when 'failed' then step.status = 'failed'
        when 'finished' then step.status in ('succeeded', 'failed')
        else step.status = 'succeeded' and (edge.port is null or edge.port is not distinct from step.port)
      end as is_met
    from engine.plan_deps as edge
    join public.steps as step on step.run_id = p_run and step.plan_step = edge.upstream
      and step.item_path = p_item[1:edge.upstream_depth]
    where edge.dependent = p_plan_step and edge.upstream_depth < edge.dependent_depth
      and step.status in ('succeeded', 'failed', 'skipped', 'cancelled')
  ) as ended;
end $$;

-- 30-74-skipped-of.sql

-- The steps of a set that were skipped.
create function engine.skipped_of(p_moved engine.moved[])
returns engine.step_ref[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(select (run_id, step_key, item_path)::engine.step_ref from unnest(p_moved) where status = 'skipped');
end $$;

-- 30-75-count-items.sql

-- Counts ended items of the maps around a set of ended steps, starts their next items, and settles maps with nothing left to do. Returns
-- the steps moved, collectors included.
create function engine.count_items(p_ended engine.step_ref[], p_worker text, p_take int, p_lease interval)
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  collectors engine.step_ref[];
  tokens engine.token[];
  moved engine.moved[] := '{}';
begin
  with ended as materialized (
    select step.run_id, plan.within, step.item_path[1:cardinality(step.item_path) - 1] as map_path,
      count(*) filter (where step.role in ('item', 'turn')) as done,
      count(*) filter (where step.role in ('item', 'turn') and step.status <> 'succeeded'
        and engine.item_error(step.run_id, plan.within, step.item_path) is not null) as failed
    from unnest(p_ended) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where step.item_path <> '{}'
    group by step.run_id, plan.within, map_path
  ), counted as (
    update public.steps as map set
      items_done = map.items_done + ended.done, items_failed = map.items_failed + ended.failed,
      items_started = greatest(map.items_started, least(
        map.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8) + map.items_done + ended.done))
    from ended, engine.plan_steps as plan, public.steps as old
    where (map.run_id, map.step_key, map.item_path) = (ended.run_id, ended.within, ended.map_path) and map.status = 'pending'
      and ended.done > 0
      and plan.id = map.plan_step
      and (old.run_id, old.step_key, old.item_path) = (map.run_id, map.step_key, map.item_path)
    returning map.run_id, map.step_key, map.item_path, map.items_started, old.items_started as started_before,
      plan.workflow_id, plan.version
  )
  select (select array_agg((run_id, within, map_path)::engine.step_ref) from ended),
    array_agg((counted.run_id, body.step_key, counted.item_path || n, 1, 0)::engine.token) filter (where n is not null)
  into collectors, tokens
  from counted
  left join generate_series(counted.started_before, counted.items_started - 1) as n on true
  left join engine.plan_steps as body on n is not null and body.join_mode = 'all'
    and (body.workflow_id, body.version, body.within) = (counted.workflow_id, counted.version, counted.step_key);
  if collectors is null then
    return moved;
  end if;
  if tokens is not null then
    moved := engine.give_tokens(tokens, p_worker, p_take, p_lease);
  end if;
  return moved || array(
    select (run_id, step_key, item_path, 'ended')::engine.moved from unnest(engine.settle_collectors(collectors)));
end $$;

-- 30-76-item-error.sql

-- The error that failed one item of a map: that of its first uncaught failed step; null when the item did not fail.
create function engine.item_error(p_run uuid, p_collector text, p_item int[])
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  return (
    select step.error || jsonb_build_object('step', step.step_key)
    from public.runs as run
    join engine.plan_steps as plan on (plan.workflow_id, plan.version, plan.within) = (run.workflow_id, run.version, p_collector)
    join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, plan.step_key, p_item)
    where run.id = p_run and step.status = 'failed' and plan.on_failure = 'fail_run' and step.role is distinct from 'split'
    order by step.finished_at, step.rank limit 1
  );
end $$;

-- 30-76-item-errors.sql

-- The errors of a map's failed items by index, each that of the item's first uncaught failed step; `{}` unless `p_any`.
create function engine.item_errors(p_run uuid, p_collector text, p_map_path int[], p_any boolean)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  if not p_any then
    return '{}';
  end if;
  return coalesce((
    select jsonb_object_agg(n, error)
    from (
      select distinct on (n) step.item_path[cardinality(step.item_path)] as n,
        step.error || jsonb_build_object('step', step.step_key) as error
      from public.runs as run
      join engine.plan_steps as plan on (plan.workflow_id, plan.version, plan.within) = (run.workflow_id, run.version, p_collector)
      join public.steps as step on step.run_id = p_run and step.step_key = plan.step_key
        and step.item_path[1:cardinality(p_map_path)] = p_map_path
      where run.id = p_run and step.status = 'failed' and plan.on_failure = 'fail_run' and step.role is distinct from 'split'
      order by n, step.finished_at, step.rank
    ) as first
  ), '{}');
end $$;

-- 30-77-end-repeat.sql

-- Ends a repeat whose turns have all ended: with the last result, or with the failure of a turn or of its bound. Returns the step if it
-- ended; a repeat that would go on if its run were not ending stays as it is.
create function engine.end_repeat(p_step engine.step_ref)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  cycle record;
  is_done boolean;
  last_value jsonb;
  failure jsonb;
begin
  select step.workspace_id, step.items_total, step.items_failed, (plan.map_config ->> 'maxTurns')::int as bound,
    coalesce(plan.map_config ->> 'onBound', 'fail') as on_bound into cycle
  from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  select output -> 'value', (output -> 'done')::boolean and item_path = p_step.item_path || cycle.items_total - 1 into last_value, is_done
  from public.step_payloads
  where run_id = p_step.run_id and step_key = p_step.step_key || '__turn'
    and item_path[1:cardinality(p_step.item_path)] = p_step.item_path
  order by item_path desc limit 1;
  select error || jsonb_build_object('message', left(format('Turn %s failed: %s', n, error ->> 'message'), 500)) into failure
  from jsonb_each(engine.item_errors(p_step.run_id, p_step.step_key, p_step.item_path, cycle.items_failed > 0)) as failed (n, error)
  order by n::int limit 1;
  if failure is null and not coalesce(is_done, false) then
    if cycle.items_total < cycle.bound then
      return '{}';
    elsif cycle.on_bound = 'fail' then
      failure := jsonb_build_object('class', 'permanent', 'code', 'repeat_bound', 'step', p_step.step_key,
        'message', format('The condition did not hold within %s turns.', cycle.bound),
        'hint', 'Look at what the last turns gave. Raise the bound, or let the repeat stop there, and publish again.');
    end if;
  end if;
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
  values (p_step.run_id, p_step.step_key, p_step.item_path, cycle.workspace_id,
    jsonb_build_object('last', coalesce(last_value, 'null'), 'turns', cycle.items_total))
  on conflict (run_id, step_key, item_path) do update set output = excluded.output;
  update public.steps set finished_at = greatest(at, started_at), started_at = coalesce(started_at, at), error = failure,
    status = case when failure is null then 'succeeded' else 'failed' end,
    last_move = case when failure is null then 'step.succeeded' else 'step.failed' end
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  return array[p_step];
end $$;

-- 30-77-settle-collectors.sql

-- Ends the maps of which every item has ended, or one has failed and nothing runs any more: results in item order, errors in `failed`.
-- Returns the collectors it ended.
create function engine.settle_collectors(p_collectors engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  result record;
  errors jsonb;
  ended engine.step_ref[] := '{}';
begin
  for map in
    select step.*, plan.workflow_id, plan.version, coalesce(plan.map_config ->> 'onItemFailure', 'fail') = 'fail' as fails
    from unnest(p_collectors) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where step.status = 'pending' and step.items_total is not null
      and (step.items_done >= step.items_total
        or (step.items_failed > 0 and coalesce(plan.map_config ->> 'onItemFailure', 'fail') = 'fail'))
      and not exists (
        select from engine.plan_steps as body
        join public.steps as instance on instance.run_id = step.run_id and instance.step_key = body.step_key
          and instance.item_path[1:cardinality(step.item_path)] = step.item_path
        where (body.workflow_id, body.version, body.within) = (plan.workflow_id, plan.version, step.step_key)
          and instance.status in ('pending', 'ready', 'running', 'waiting'))
  loop
    if map.kind = 'repeat' then
      ended := ended || engine.end_repeat((map.run_id, map.step_key, map.item_path)::engine.step_ref);
      continue;
    end if;
    errors := engine.item_errors(map.run_id, map.step_key, map.item_path, map.items_failed > 0);
    select
      coalesce((json_agg(value order by n) filter (where not errors ? n::text))::jsonb, '[]') as items,
      coalesce(jsonb_agg(jsonb_build_object('index', n, 'error', errors -> n::text) order by n) filter (where errors ? n::text), '[]') as failed
    into result
    from (
      -- As a subquery each value is looked up by its key; as a join all were compared with all.
      select n, (select output -> 'value' from public.step_payloads
        where (run_id, step_key, item_path) = (map.run_id, map.step_key || '__item', map.item_path || n)) as value
      from generate_series(0, map.items_total - 1) as n
    ) as item;
    insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
    values (map.run_id, map.step_key, map.item_path, map.workspace_id,
      jsonb_build_object('items', result.items, 'failed', result.failed, 'count', map.items_total))
    on conflict (run_id, step_key, item_path) do update set output = excluded.output;
    update public.steps set finished_at = greatest(at, started_at), started_at = coalesce(started_at, at),
      status = case when map.fails and result.failed <> '[]' then 'failed' else 'succeeded' end,
      last_move = case when map.fails and result.failed <> '[]' then 'step.failed' else 'step.succeeded' end,
      items_failed = jsonb_array_length(result.failed),
      error = case when map.fails and result.failed <> '[]' then (result.failed -> 0 -> 'error') || jsonb_build_object('message',
        left(format('Item %s failed: %s', result.failed -> 0 ->> 'index', result.failed -> 0 -> 'error' ->> 'message'), 500)) end
    where (run_id, step_key, item_path) = (map.run_id, map.step_key, map.item_path);
    ended := ended || (map.run_id, map.step_key, map.item_path)::engine.step_ref;
  end loop;
  return ended;
end $$;

-- 30-78-next-rollback.sql

-- Starts a locked run's next rollback step: that of the step which succeeded last of those still to be undone.
create function engine.next_rollback(p_run uuid)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps as step set status = 'ready', last_move = 'step.ready', due_at = engine.now(), remaining_deps = 0
  from (
    select step_key, item_path from public.steps
    where run_id = p_run and role = 'rollback' and status = 'pending'
    order by remaining_deps limit 1
  ) as next
  where (step.run_id, step.step_key, step.item_path) = (p_run, next.step_key, next.item_path);
  perform engine.wake_workers();
end $$;

-- 30-78-start-rollback.sql

-- Lets a locked run that is about to end failed or cancelled undo its steps first: adds one step for each that succeeded in this run and
-- has a rollback, and starts the first. They wait for each other in the order of the run's events, last first: the clock may have jumped.
-- False when there is none, or they were undone already.
create function engine.start_rollback(p_run uuid)
returns boolean language plpgsql set search_path = ''
as $$
declare
  run public.runs;
begin
  select * into run from public.runs where id = p_run;
  if run.rolled_back_at is not null or not exists (
    select from engine.plan_steps where (workflow_id, version) = (run.workflow_id, run.version) and role = 'rollback'
  ) then
    return false;
  end if;
  insert into public.steps (
    run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, status, attempt_limit, remaining_deps)
  select p_run, plan.step_key, done.item_path, run.workspace_id, plan.id, plan.node_id, plan.kind, plan.role, plan.title, plan.rank,
    run.priority, 'pending', plan.max_attempts,
    row_number() over (order by event.seq desc nulls last, done.finished_at desc, done.rank desc, done.item_path desc) - 1
  from engine.plan_steps as plan
  join public.steps as done on done.run_id = p_run and done.step_key = left(plan.step_key, -length('__rollback'))
  left join public.run_events as event on (event.run_id, event.run_created_at, event.kind, event.step_key, event.item_path)
    = (p_run, run.created_at, 'step.succeeded', done.step_key, done.item_path)
  where (plan.workflow_id, plan.version) = (run.workflow_id, run.version) and plan.role = 'rollback'
    and done.status = 'succeeded' and done.reused_from is null
  on conflict do nothing;
  if not found then
    return false;
  end if;
  update public.runs set status = 'running', waiting_for = null, rolled_back_at = engine.now(), deadline_at = null,
    last_move = case status when 'waiting' then 'run.resumed' else 'run.updated' end,
    ending = jsonb_strip_nulls(jsonb_build_object(
      'status', case when run.cancel_requested_at is null then 'failed' else 'cancelled' end, 'error', run.error,
      'cancelRequestedAt', run.cancel_requested_at, 'cancelledBy', run.cancelled_by)),
    error = null, cancel_requested_at = null, cancelled_by = null
  where id = p_run;
  perform engine.next_rollback(p_run);
  return true;
end $$;

-- 30-80-settle-runs.sql

-- Folds the statuses of locked runs' steps into the runs: running, waiting (with the earliest reason), or ended. Called last by everything
-- that moves steps; looks closer only at runs whose counts say that something changes.
create function engine.settle_runs(p_runs uuid[])
returns void language plpgsql set search_path = ''
as $$
declare
  run record;
  reason jsonb;
  done uuid[] := '{}';
begin
  for run in
    select * from (
      select id, status, waiting_for, error, cancel_requested_at, admitted_at, ending is not null as undoing,
        (counts -> 'pending')::int as pending, (counts -> 'ready')::int as ready, (counts -> 'running')::int as running,
        (counts -> 'waiting')::int as waiting
      -- By their keys: to a planner that last saw few open runs, reading the whole index of them looks cheaper.
      from unnest(p_runs) as wanted (run_id) cross join lateral (select * from public.runs where id = run_id offset 0) as run
      where finished_at is null
    ) as folded
    where (running = 0 and ready = 0) or (running = 0 and (error is not null or cancel_requested_at is not null))
      or (status = 'waiting' and ready + running > 0)
    order by id
  loop
    if run.running = 0 and (run.cancel_requested_at is not null or run.error is not null) then
      perform engine.cancel_steps(run.id);
      if run.undoing or not engine.start_rollback(run.id) then
        perform engine.close_runs(array[run.id], case when run.cancel_requested_at is null then 'failed' else 'cancelled' end);
      end if;
    elsif run.undoing and run.ready + run.running + run.waiting = 0 then
      if run.pending = 0 then
        perform engine.close_runs(array[run.id], 'failed');
      else
        perform engine.next_rollback(run.id);
      end if;
    elsif run.pending + run.ready + run.running + run.waiting = 0 then
      done := done || run.id;
    elsif run.ready + run.running > 0 then
      if run.status = 'waiting' and run.admitted_at is not null then
        update public.runs set status = 'running', waiting_for = null, last_move = 'run.resumed' where id = run.id;
      end if;
    elsif run.waiting > 0 then
      select waiting_for into reason from public.steps where run_id = run.id and status = 'waiting'
      order by due_at nulls last, rank, item_path limit 1;
      update public.runs set status = 'waiting', waiting_for = reason,
        last_move = case status when 'waiting' then 'run.updated' else 'run.waiting' end
      where id = run.id and waiting_for is distinct from reason;
    end if;
  end loop;
  if cardinality(done) > 0 then
    perform engine.close_runs(done, 'succeeded');
  end if;
end $$;

-- 30-81-add-followers.sql

-- Leaves word of ended runs for the workflows that start after them, and of failed ones for their error workflow; called by
-- engine.close_runs, so that neither is lost or told twice. Workflows that start each other do so at most ten deep, and the failure of an
-- error workflow is told to nobody.
create function engine.add_followers(p_runs uuid[], p_status text)
returns void language plpgsql set search_path = ''
as $$
declare
  added int := 0;
  more int;
begin
  if exists (select from public.triggers where source_id is not null and live and enabled) then
    insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, due_at, source_run, depth)
    select follower.workspace_id, follower.workflow_id, follower.id, ended.id || ' ' || ended.retry_count, engine.now(), ended.id,
      coalesce((ended.trigger ->> 'depth')::int, 0) + 1
    from public.runs as ended join public.triggers as follower on follower.source_id = ended.workflow_id
    where ended.id = any (p_runs) and ended.mode = 'live' and follower.live and follower.enabled
      and follower.config ->> 'on' in (p_status, 'finished') and coalesce((ended.trigger ->> 'depth')::int, 0) < 10
    on conflict do nothing;
    get diagnostics added = row_count;
  end if;
  if p_status = 'failed' then
    insert into public.firings (workspace_id, workflow_id, dedupe_key, due_at, source_run, depth)
    select ended.workspace_id, told.id, ended.id || ' ' || ended.retry_count, engine.now(), ended.id,
      coalesce((ended.trigger ->> 'depth')::int, 0) + 1
    from public.runs as ended
    join public.workflows as source on source.id = ended.workflow_id
    join public.workflows as told on told.workspace_id = source.workspace_id and told.slug = source.error_workflow
    where ended.id = any (p_runs) and ended.mode = 'live' and told.id <> source.id and told.status <> 'archived'
      and (ended.trigger ->> 'onError') is null and coalesce((ended.trigger ->> 'depth')::int, 0) < 10
    on conflict do nothing;
    get diagnostics more = row_count;
    added := added + more;
  end if;
  if added > 0 then
    perform engine.wake_workers();
  end if;
end $$;

-- 30-81-close-runs.sql

-- Ends runs the same way: output or error, usage, their place in their lane, their open questions, and word to the steps that wait for them.
create function engine.close_runs(p_runs uuid[], p_status text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  freed record;
begin
  if p_status = 'succeeded' then
    update public.run_payloads set output = engine.resolve_output(run_id) where run_id = any (p_runs);
    -- A run that ends before anything of it was claimed still starts, so that every ended run has the same life.
    if exists (select from public.runs where id = any (p_runs) and status = 'queued') then
      update public.runs set status = 'running', waiting_for = null, last_move = 'run.started', started_at = coalesce(started_at, greatest(at, created_at))
      where id = any (p_runs) and status = 'queued';
    end if;
  end if;
  -- One that undid its steps ends as it was about to.
  update public.runs as run set status = coalesce(ending ->> 'status', p_status),
    last_move = 'run.' || coalesce(ending ->> 'status', p_status), error = coalesce(ending -> 'error', error),
    cancel_requested_at = coalesce((ending ->> 'cancelRequestedAt')::timestamptz, cancel_requested_at),
    cancelled_by = coalesce((ending ->> 'cancelledBy')::uuid, cancelled_by), ending = null, waiting_for = null,
    -- The clock may have been set back meanwhile; a run that has ended did not end before it began.
    finished_at = greatest(at, started_at, created_at),
    admitted_at = null, usage = usage || jsonb_build_object('activeMs', (
      select coalesce(sum(active_ms), 0) from public.attempts as attempt where attempt.run_id = run.id))
  where id = any (p_runs);
  if exists (select from public.approvals where run_id = any (p_runs) and status = 'open') then
    update public.approvals set status = 'cancelled', decided_at = at where run_id = any (p_runs) and status = 'open';
  end if;
  if exists (select from public.runs where id = any (p_runs) and parent_run_id is not null) then
    insert into engine.deliveries (run_id, kind, step_key, item_path, payload)
    select ended.parent_run_id, 'child_ended', ended.parent_step, ended.parent_item, jsonb_build_object('run', ended.id)
    from public.runs as ended
    where ended.id = any (p_runs) and exists (select from public.runs as parent where parent.id = ended.parent_run_id);
  end if;
  if p_status <> 'cancelled' then
    perform engine.add_followers(p_runs, p_status);
  end if;
  delete from engine.budget_reservations where run_id = any (p_runs);
  for freed in select distinct workspace_id, lane from public.runs where id = any (p_runs) order by workspace_id, lane loop
    perform engine.release_lane(freed.workspace_id, freed.lane);
  end loop;
  for freed in
    select distinct workflow_id, limit_key from public.runs where id = any (p_runs) and limit_key is not null order by workflow_id, limit_key
  loop
    perform engine.release_key(freed.workflow_id, freed.limit_key);
  end loop;
end $$;

-- 30-82-pick-path.sql

-- The part of a stored value at a path, or null. A part of a value that is a file is a reference to that file, which says `at` which path the
-- part stands; whoever opens it looks there.
create function engine.pick_path(p_value jsonb, p_path text[])
returns jsonb language plpgsql immutable set search_path = ''
as $$
declare
  part jsonb := p_value;
begin
  if p_value #> p_path is not null then
    return p_value #> p_path;
  end if;
  for place in 1 .. cardinality(p_path) loop
    if jsonb_typeof(part -> '$blob') = 'object' then
      return jsonb_build_object('$blob', (part -> '$blob') || jsonb_build_object(
        'at', coalesce(part -> '$blob' -> 'at', '[]') || to_jsonb(p_path[place:])));
    end if;
    part := part #> p_path[place:place];
  end loop;
  return null;
end $$;

-- 30-82-resolve-output.sql

-- The run's output by the plan's bindings: literals and refs are resolved here; what needs evaluating was made a step by the compiler.
-- By json, because jsonb's aggregates are slow with large values; see engine.pick_keys.
create function engine.resolve_output(p_run uuid)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select json_object_agg(binding.key, case
      when binding.value ? 'literal' then binding.value -> 'literal'
      else coalesce(engine.resolve_path(p_run, binding.value ->> 'ref'), 'null')
    end)::jsonb
    from public.runs as run
    join public.versions as version on (version.workflow_id, version.n) = (run.workflow_id, run.version)
    cross join jsonb_each(version.plan -> 'output') as binding
    where run.id = p_run
  ), '{}');
end $$;

-- 30-83-resolve-path.sql

-- The value at a path outside of bodies, or null: of the input, a variable, a step's output, status or error, or the run.
create function engine.resolve_path(p_run uuid, p_path text)
returns jsonb language plpgsql stable set search_path = ''
as $$
declare
  part constant text[] := engine.path_parts(p_path);
begin
  case part[1]
    when 'input' then
      return engine.pick_path((select input from public.run_payloads where run_id = p_run), part[2:]);
    when 'vars' then
      return (select version.plan -> 'variables' from public.runs as run
        join public.versions as version on (version.workflow_id, version.n) = (run.workflow_id, run.version)
        where run.id = p_run) #> part[2:];
    when 'steps' then
      if part[3] = 'output' then
        return engine.pick_path(
          (select output from public.step_payloads where (run_id, step_key, item_path) = (p_run, part[2], '{}'::int[])), part[4:]);
      end if;
      return (select jsonb_build_object('status', status, 'error', error) from public.steps
        where (run_id, step_key, item_path) = (p_run, part[2], '{}'::int[])) #> part[3:];
    when 'run' then
      return (select jsonb_build_object('id', id, 'mode', mode, 'lane', lane, 'startedAt', engine.iso_time(started_at))
        from public.runs where id = p_run) #> part[2:];
    when 'trigger' then
      return (select trigger from public.runs where id = p_run) #> part[2:];
    else
      return null;
  end case;
end $$;

-- 30-84-release-connection.sql

-- Lets steps that wait for a place at a connection try again, as many as it has room for; the next claim decides. Called when attempts that use
-- it end, when its limits change, and by the sweep.
create function engine.release_connection(p_connection public.connections)
returns void language plpgsql set search_path = ''
as $$
declare
  chosen engine.step_ref[];
  locked uuid[];
begin
  perform engine.await_gate('connection:' || p_connection.id);
  chosen := array(
    select (run_id, step_key, item_path)::engine.step_ref from public.steps
    where workspace_id = p_connection.workspace_id and waiting_for ->> 'kind' = 'limit'
      and waiting_for ->> 'ref' = 'connection:' || p_connection.slug and due_at is null
    order by priority, rank, item_path
    limit greatest(0, coalesce((p_connection.limits ->> 'maxParallel')::int
      - engine.connection_load(p_connection.workspace_id, p_connection.slug, null), 1000)));
  if cardinality(chosen) = 0 then
    return;
  end if;
  locked := array(
    select id from public.runs where id in (select run_id from unnest(chosen)) and finished_at is null order by id for no key update skip locked);
  update public.steps as step set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now()
  from unnest(chosen) as one
  where (step.run_id, step.step_key, step.item_path) = (one.run_id, one.step_key, one.item_path) and step.run_id = any (locked)
    and step.status = 'waiting' and step.waiting_for ->> 'ref' = 'connection:' || p_connection.slug;
  if found then
    perform engine.settle_runs(locked);
    perform engine.wake_workers();
  end if;
end $$;

-- 30-84-release-key.sql

-- Lets runs that wait for a place at their key try again, as many as there is room for; the next claim decides. Called when a run of the key
-- ends, and by the sweep.
create function engine.release_key(p_workflow uuid, p_key text)
returns void language plpgsql set search_path = ''
as $$
declare
  room int;
begin
  perform engine.await_gate('key:' || p_workflow || ':' || p_key);
  select max(limit_max) into room from public.runs
  where workflow_id = p_workflow and limit_key = p_key and admitted_at is null and finished_at is null;
  if room is null then
    return;
  end if;
  room := room - (select count(*) from public.runs where workflow_id = p_workflow and limit_key = p_key and admitted_at is not null);
  perform engine.release_held(array(
    select id from public.runs
    where workflow_id = p_workflow and limit_key = p_key and admitted_at is null and finished_at is null
      and waiting_for ->> 'ref' = 'key:' || p_key
    order by priority, created_at, id limit greatest(room, 0) for no key update skip locked), 'limit', 'key:' || p_key);
end $$;

-- 30-84-release-keys.sql

-- Looks for runs that wait at a key that has room: one that was busy when a place got free was passed over then. Called by the sweep.
create function engine.release_keys()
returns void language plpgsql set search_path = ''
as $$
begin
  perform engine.release_key(held.workflow_id, held.limit_key)
  from (
    select workflow_id, limit_key, max(limit_max) as most from public.runs
    where limit_key is not null and admitted_at is null and finished_at is null and waiting_for ->> 'ref' = 'key:' || limit_key
    group by workflow_id, limit_key
  ) as held
  where most > (
    select count(*) from public.runs as other
    where other.workflow_id = held.workflow_id and other.limit_key = held.limit_key and other.admitted_at is not null);
end $$;

-- 30-84-release-lane.sql

-- Lets runs that wait for a lane try again, as many as it has room for; the next claim decides. Called when a run leaves the lane and when
-- the lane's limit or pause changes.
create function engine.release_lane(p_workspace uuid, p_lane text)
returns void language plpgsql set search_path = ''
as $$
declare
  room int;
  limited boolean;
  freed uuid[];
begin
  select case when paused then 0 else coalesce(wip_limit, 1000) end, wip_limit is not null into room, limited
  from public.lanes where workspace_id = p_workspace and name = p_lane;
  if limited then
    perform engine.await_gate('lane:' || p_workspace || ':' || p_lane);
  end if;
  if not exists (
    select from public.runs where workspace_id = p_workspace and lane = p_lane and waiting_for ->> 'kind' = 'lane'
  ) then
    return;
  end if;
  room := room - (select count(*) from public.runs where workspace_id = p_workspace and lane = p_lane and admitted_at is not null
    and not coalesce(waiting_for ->> 'kind' = 'lane', false));
  freed := array(
    select id from public.runs
    where workspace_id = p_workspace and lane = p_lane and waiting_for ->> 'kind' = 'lane'
    order by admitted_at is null, priority, created_at, id limit greatest(room, 0) for no key update skip locked);
  perform engine.release_held(freed, 'lane');
end $$;

-- 30-85-release-checks.sql

-- Lets a waiting step whose work stands go on to its checks: a worker claims it, makes them and nothing else.
create function engine.release_checks(p_step engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now(), keeps_output = true,
    error = null
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'waiting';
end $$;

-- 30-85-release-held.sql

-- Makes the steps of locked runs that wait for one thing (a lane, a key, a budget, the end of a pause) ready again; without `p_ref` whatever
-- of that kind.
create function engine.release_held(p_runs uuid[], p_kind text, p_ref text default null)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now()
  where run_id = any (p_runs) and status = 'waiting' and waiting_for ->> 'kind' = p_kind
    and (p_ref is null or waiting_for ->> 'ref' = p_ref);
  if found then
    -- A run that was never admitted goes on by being claimed; until then its reason stands.
    perform engine.settle_runs(p_runs);
    perform engine.wake_workers();
  end if;
end $$;

-- 30-86-answer-check.sql

-- Gives a check the answer people gave to its question, or `expired`, and lets the step go on to its checks.
create function engine.answer_check(p_question public.approvals, p_decision text)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.step_payloads set checks = checks || jsonb_build_object('answers', coalesce(checks -> 'answers', '{}') || jsonb_build_object(
    checks ->> 'asking', jsonb_strip_nulls(jsonb_build_object('decision', p_decision, 'approval', p_question.id, 'votes', p_question.votes,
      'at', engine.iso_time(engine.now())))))
  where (run_id, step_key, item_path) = (p_question.run_id, p_question.step_key, p_question.item_path);
  perform engine.release_checks((p_question.run_id, p_question.step_key, p_question.item_path)::engine.step_ref);
end $$;

-- 30-86-complete-step.sql

-- Ends a waiting step with an output: its timer is over, people decided, its child run ended. Where the plan has checks, the step does not
-- end yet: the output is kept and a worker makes the checks. The caller advances and settles the run.
create function engine.complete_step(p_step engine.step_ref, p_port text, p_output jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  to_be_checked boolean;
begin
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output, checks)
  select step.run_id, step.step_key, step.item_path, step.workspace_id, p_output,
    case when plan.has_checks then jsonb_strip_nulls(jsonb_build_object('port', p_port)) end
  from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  on conflict (run_id, step_key, item_path) do update set output = excluded.output, checks = excluded.checks
  returning checks is not null into to_be_checked;
  if to_be_checked then
    perform engine.release_checks(p_step);
    return;
  end if;
  update public.steps set status = 'succeeded', last_move = 'step.succeeded', waiting_for = null, due_at = null, port = p_port,
    items_total = case when role = 'turn' then 1 else items_total end, error = null, finished_at = greatest(engine.now(), started_at)
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
end $$;

-- 30-87-fail-waiting.sql

-- Fails a step that no worker reports on: its question expired or was answered with no, its child run failed, its deadline passed. The caller advances and settles the run.
create function engine.fail_waiting(p_step engine.step_ref, p_error jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'failed', last_move = 'step.failed', waiting_for = null, due_at = null, lease_until = null,
    finished_at = greatest(engine.now(), started_at), error = p_error || jsonb_build_object('step', step_key)
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
end $$;

-- 30-87-stop-body.sql

-- Takes away what goes on inside a container before it is ended from outside: every unfinished step of its items or turns is cancelled, however
-- deep. The caller ends the collector.
create function engine.stop_body(p_collector engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
begin
  perform engine.cancel_steps(p_collector.run_id, array(
    select (step.run_id, step.step_key, step.item_path)::engine.step_ref
    from public.steps as map
    join engine.plan_steps as plan on plan.id = map.plan_step
    join engine.plan_steps as inside on (inside.workflow_id, inside.version) = (plan.workflow_id, plan.version)
      and inside.bodies[cardinality(map.item_path) + 1] = plan.step_key
    join public.steps as step on step.run_id = map.run_id and step.step_key = inside.step_key
      and step.item_path[1:cardinality(map.item_path)] = map.item_path
    where (map.run_id, map.step_key, map.item_path) = (p_collector.run_id, p_collector.step_key, p_collector.item_path)
      and step.finished_at is null));
end $$;

-- 30-87-stop-step.sql

-- Takes away what a step is at before it is ended from outside: its running attempt, its open question, its child run. The caller ends the step.
create function engine.stop_step(p_step engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  update public.attempts set outcome = 'failed', finished_at = greatest(at, started_at),
    error = jsonb_build_object('class', 'permanent', 'code', 'deadline', 'message', 'The deadline of the step passed while this attempt was under way.')
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and outcome is null;
  update public.approvals set status = 'cancelled', decided_at = at
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'open';
  delete from engine.signal_waits where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  insert into engine.deliveries (run_id, kind)
  select child.id, 'cancel' from public.steps as step
  join public.runs as child on child.parent_run_id = step.run_id and 'run:' || child.id = step.waiting_for ->> 'ref'
  where (step.run_id, step.step_key, step.item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
    and step.waiting_for ->> 'ref' like 'run:%';
end $$;

-- 30-88-finish-waits.sql

-- Lets ended waits of locked runs take effect: dependents first, then the runs. Steps that went on to their checks have not ended.
create function engine.finish_waits(p_ended engine.step_ref[])
returns void language plpgsql set search_path = ''
as $$
begin
  if cardinality(p_ended) = 0 then
    return;
  end if;
  perform engine.advance(array(
    select (run_id, step_key, item_path)::engine.step_ref
    from unnest(p_ended) join public.steps as step using (run_id, step_key, item_path) where step.finished_at is not null), null, 0, null);
  perform engine.settle_runs(array(select distinct run_id from unnest(p_ended)));
  perform engine.wake_workers();
end $$;

-- 30-89-deliver.sql

-- Delivers messages between runs to those runs that nobody holds right now; the others get theirs later. Called by the sweep and at the end
-- of a report.
create function engine.deliver()
returns int language plpgsql set search_path = ''
as $$
declare
  message record;
  child public.runs;
  waiting engine.step_ref;
  delivered int := 0;
begin
  for message in
    select delivery.* from engine.deliveries as delivery order by delivery.id limit 100
  loop
    perform from public.runs where id = message.run_id for no key update skip locked;
    continue when not found;
    delete from engine.deliveries where id = message.id;
    continue when not found;
    delivered := delivered + 1;
    if message.kind = 'cancel' then
      perform engine.cancel_locked_run(message.run_id, null);
      continue;
    elsif message.kind = 'signal' then
      perform engine.receive_signal(message.run_id, message.payload ->> 'name', message.payload -> 'payload',
        (message.payload ->> 'by')::uuid);
      continue;
    end if;
    select * into child from public.runs where id = (message.payload ->> 'run')::uuid;
    select run_id, step_key, item_path into waiting from public.steps
    where (run_id, step_key, item_path) = (message.run_id, message.step_key, message.item_path)
      and status = 'waiting' and waiting_for ->> 'ref' = 'run:' || child.id;
    continue when waiting.run_id is null;
    if child.status = 'succeeded' then
      perform engine.complete_step(waiting, null, jsonb_build_object('run', child.id)
        || coalesce((select output from public.run_payloads where run_id = child.id), '{}'));
    else
      perform engine.fail_waiting(waiting, jsonb_build_object('class', case child.status when 'cancelled' then 'cancelled' else 'permanent' end,
        'code', 'child_' || child.status, 'message', left(format('The run "%s" %s: %s', child.title,
          case child.status when 'cancelled' then 'was cancelled' else 'failed' end, coalesce(child.error ->> 'message', 'no reason given')), 500),
        'hint', 'Open that run, retry it or correct its cause, then retry this one.'));
    end if;
    perform engine.finish_waits(array[waiting]);
  end loop;
  return delivered;
end $$;

-- 30-90-cancel-locked-run.sql

-- Asks a locked run to end: what does not run is cancelled at once, what runs is told by its next heartbeat and has ten seconds.
create function engine.cancel_locked_run(p_run uuid, p_by uuid)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.runs set cancel_requested_at = engine.now(), cancelled_by = p_by, last_move = 'run.updated'
  where id = p_run and finished_at is null and cancel_requested_at is null;
  if found then
    perform engine.cancel_steps(p_run);
    perform engine.settle_runs(array[p_run]);
  end if;
end $$;

-- 30-91-budget-use.sql

-- What a run has used of each of its budgets: by the calls reported, and held by attempts that run, except the given one.
create function engine.budget_use(p_run public.runs, p_except engine.step_ref)
returns table (name text, amount numeric, used numeric, held numeric) language plpgsql stable set search_path = ''
as $$
declare
  holding record;
begin
  select coalesce(sum(hold.tokens), 0) as tokens, coalesce(sum(hold.cost_usd), 0) as cost, coalesce(sum(hold.calls), 0) as calls into holding
  from engine.budget_reservations as hold
  join public.steps as step on (step.run_id, step.step_key, step.item_path) = (hold.run_id, hold.step_key, hold.item_path)
    and step.status = 'running' and step.attempt = hold.attempt
  where hold.run_id = p_run.id
    and (hold.step_key, hold.item_path) is distinct from (p_except.step_key, p_except.item_path);
  return query
  select budget.key, budget.value::numeric, case budget.key
      when 'tokens' then (p_run.usage -> 'tokensIn')::numeric + (p_run.usage -> 'tokensOut')::numeric
      when 'costUsd' then (p_run.usage -> 'costUsd')::numeric
      when 'calls' then (p_run.usage -> 'llmCalls')::numeric + (p_run.usage -> 'toolCalls')::numeric + (p_run.usage -> 'httpCalls')::numeric
      else (
        select coalesce(sum(case when attempt.finished_at is null then extract(epoch from engine.now() - attempt.started_at) * 1000
          else attempt.active_ms end), 0)
        from public.attempts as attempt where attempt.run_id = p_run.id)
    end, case budget.key when 'tokens' then holding.tokens when 'costUsd' then holding.cost when 'calls' then holding.calls else 0 end::numeric
  from jsonb_each_text(p_run.budgets) as budget;
end $$;

-- 30-91-matches-signal.sql

-- Whether a signal has the values a wait asks for, each at its path; what the signal does not have counts as null.
create function engine.matches_signal(p_match jsonb, p_payload jsonb)
returns boolean language plpgsql immutable set search_path = ''
as $$
begin
  return not exists (
    select from jsonb_array_elements(p_match) as asked
    where coalesce(p_payload #> array(select jsonb_array_elements_text(asked -> 'path')), 'null') <> coalesce(asked -> 'value', 'null'));
end $$;

-- 31-10-each-once.sql

-- Leaves out reports of a step that the same call already has a report of.
create function engine.each_once(p_reports engine.step_report[])
returns engine.step_report[] language plpgsql immutable set search_path = ''
as $$
begin
  if (select count(*) from (select from unnest(p_reports) group by run_id, step_key, item_path) as step) = cardinality(p_reports) then
    return p_reports;
  end if;
  return array(
    select distinct on (report.run_id, report.step_key, report.item_path) report from unnest(p_reports) as report);
end $$;

-- 31-10-read-reports.sql

-- Reads an array of StepReport (core/worker.ts) into rows. What an error quotes of the other side is set apart: it is payload.
create function engine.read_reports(p_reports jsonb)
returns engine.step_report[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(
    select ("runId", "stepKey", coalesce("itemPath", '{}'), attempt, outcome, output, "outputIsFallback", port,
      error - '{snippet,detail}'::text[], park, inputs,
      coalesce(calls, '[]'), coalesce(proofs, '[]'), coalesce(artifacts, '[]'), coalesce(logs, '[]'), "activeMs", "waitingFor",
      case when error ?| '{snippet,detail}' then
        jsonb_strip_nulls(jsonb_build_object('snippet', error -> 'snippet', 'detail', error -> 'detail')) end,
      checks, null, null, null, null, ahead, 0, true)::engine.step_report
    from jsonb_to_recordset(p_reports) as report (
      "runId" uuid, "stepKey" text, "itemPath" int[], attempt int, outcome text, output jsonb, "outputIsFallback" boolean, port text,
      error jsonb, park jsonb, inputs jsonb, calls jsonb, proofs jsonb, artifacts jsonb, logs jsonb, "activeMs" bigint,
      "waitingFor" jsonb, checks jsonb, ahead jsonb)
  );
end $$;

-- 31-11-fence-reports.sql

-- The fence: keeps the reports whose attempt is the step's current one and still running, each once, and adds what the step says of itself;
-- notes the others as rejections.
create function engine.fence_reports(p_worker text, p_reports engine.step_report[])
returns engine.step_report[] language plpgsql set search_path = ''
as $$
declare
  counted engine.step_report[];
begin
  counted := array(
    select (report.run_id, report.step_key, report.item_path, report.attempt, report.outcome, report.output, report.output_is_fallback,
      report.port, report.error, report.park, report.inputs, report.calls, report.proofs, report.artifacts, report.logs, report.active_ms,
      report.waiting_for, report.error_detail, report.checks, step.plan_step, step.workspace_id, step.role, step.verification,
      report.ahead, 0, true)::engine.step_report
    from unnest(p_reports) as report
    join public.steps as step on (step.run_id, step.step_key, step.item_path) = (report.run_id, report.step_key, report.item_path)
    where step.status = 'running' and step.attempt = report.attempt);
  if cardinality(counted) > 1 then
    counted := engine.each_once(counted);
  end if;
  if cardinality(counted) < cardinality(p_reports) then
    insert into engine.rejections (
      run_id, step_key, item_path, attempt, worker, outcome, current_attempt, current_status, at)
    select report.run_id, report.step_key, report.item_path, report.attempt, p_worker, report.outcome, step.attempt, step.status,
      engine.now()
    from unnest(p_reports) as report
    left join public.steps as step using (run_id, step_key, item_path)
    where step.status is distinct from 'running' or step.attempt is distinct from report.attempt;
  end if;
  return counted;
end $$;

-- 31-12-facts-of.sql

-- What counted reports ask for, so that a call does only that. `p_ending` when one of their runs is to end.
create function engine.facts_of(p_reports engine.step_report[], p_ending boolean)
returns engine.report_facts language plpgsql stable set search_path = ''
as $$
declare
  facts engine.report_facts;
begin
  select bool_and(outcome in ('succeeded', 'skipped') and error is null and output_is_fallback is not true 
      and coalesce(role not in ('split', 'turn'), true))
      and not p_ending
      and not exists (select from engine.plan_steps where id in (select plan_step from unnest(p_reports)) and leads_deeper),
    bool_or(proofs <> '[]'), bool_or(calls <> '[]'), bool_or(artifacts <> '[]'),
    bool_or(coalesce(inputs, '{}') <> '{}' or calls <> '[]' or logs <> '[]' or error_detail is not null), bool_or(item_path <> '{}'), bool_or(ahead is not null)
  into facts
  from unnest(p_reports);
  -- Beside a failure, what was done ahead is left for later: the long way takes one step at a time.
  facts.ahead := facts.plain and facts.ahead;
  facts.records := facts.records or facts.ahead;
  return facts;
end $$;

-- 31-12-report-results.sql

-- The `results` of a ReportAnswer (core/worker.ts): for each report whether it counted.
create function engine.report_results(p_reports engine.step_report[], p_counted engine.step_report[])
returns json language plpgsql immutable set search_path = ''
as $$
begin
  if cardinality(p_reports) = cardinality(p_counted) then
    return coalesce((
      select json_agg(json_build_object('runId', run_id, 'stepKey', step_key, 'itemPath', item_path, 'attempt', attempt, 'counted', true))
      from unnest(p_counted)), '[]');
  end if;
  return (
    select json_agg(json_build_object('runId', run_id, 'stepKey', step_key, 'itemPath', item_path, 'attempt', attempt,
      'counted', kept.run_id is not null))
    from unnest(p_reports) as report
    left join (select run_id, step_key, item_path, attempt from unnest(p_counted)) as kept using (run_id, step_key, item_path, attempt));
end $$;

-- 31-13-add-ahead.sql

-- Adds to reports the steps that their workers did ahead (engine.lay_out_ahead). One that may not count is left out, with all after it: it
-- stands in the queue as if nobody had done it.
create function engine.add_ahead(p_reports engine.step_report[])
returns engine.step_report[] language plpgsql set search_path = ''
as $$
begin
  return array(
    with claimed as materialized (
      select report.* from unnest(p_reports) with ordinality as report (
        run_id, step_key, item_path, attempt, outcome, output, output_is_fallback, port, error, park, inputs, calls, proofs, artifacts, logs,
        active_ms, waiting_for, error_detail, checks, plan_step, workspace_id, role, verification, ahead, nth, gives, n)
    ), made as (
      select claimed.n, claimed.run_id, claimed.item_path, claimed.workspace_id, listed.*, first.id as first, first.ahead as way,
        lag(listed.port, 1, claimed.port) over (partition by claimed.n order by listed.place) as port_before
      from claimed join engine.plan_steps as first on first.id = claimed.plan_step
      cross join rows from (
        jsonb_to_recordset(claimed.ahead) as ("stepKey" text, output jsonb, port text, inputs jsonb, logs jsonb, "activeMs" bigint)
      ) with ordinality as listed (step_key, output, port, inputs, logs, active_ms, place)
      where claimed.ahead is not null and claimed.outcome = 'succeeded'
    ), judged as (
      select made.*, step.plan_step, step.attempt + 1 as attempt, step.verification,
        bool_and(coalesce(step.plan_step = way[made.place] and step.status = 'pending' and step.remaining_deps = 1 and step.dead_deps = 0
          and (before.ahead_port is null or before.ahead_port = port_before), false)) over (partition by made.n order by made.place) as counts
      from made
      left join public.steps as step on (step.run_id, step.step_key, step.item_path) = (made.run_id, made.step_key, made.item_path)
      left join engine.plan_steps as before on before.id = coalesce(way[made.place - 1], made.first)
    ), kept as materialized (
      select *, max(place) over (partition by n) as last from judged where counts
    )
    select (run_id, step_key, item_path, attempt, outcome, output, output_is_fallback, port, error, park, inputs, calls, proofs, artifacts, logs,
      active_ms, waiting_for, error_detail, checks, plan_step, workspace_id, role, verification, null, 0,
      claimed.n <> all (array(select distinct n from kept)))::engine.step_report
    from claimed
    union all
    select (run_id, step_key, item_path, attempt, 'succeeded', output, null, port, null, null, inputs, '[]', '[]', '[]', coalesce(logs, '[]'),
      active_ms, null, null, null, plan_step, workspace_id, null, verification, null, place::int, place = last)::engine.step_report
    from kept);
end $$;

-- 31-14-add-bodies.sql

-- Inserts what a worker did of the bodies of maps (engine.lay_out_bodies_ahead): one item's steps all together, or not at all. Called while
-- the split is under way (engine.record_ahead), and between its end and the opening of its map, which inserts the items that are not there
-- yet. An item's result has no attempt of its own, as if it had been at hand.
create function engine.add_bodies(p_reports engine.step_report[], p_worker text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  with map as materialized (
    select report.run_id, report.item_path, report.attempt, report.ahead, plan.ahead as way, plan.collector, run.workspace_id, run.priority, run.lane,
      coalesce(split.items_total, (report.output ->> 'count')::int) as total
    from unnest(p_reports) as report
    join public.steps as split on (split.run_id, split.step_key, split.item_path) = (report.run_id, report.step_key, report.item_path)
    join engine.plan_steps as plan on plan.id = split.plan_step
    join public.runs as run on run.id = report.run_id
    join public.steps as collector on (collector.run_id, collector.step_key, collector.item_path) = (report.run_id, plan.collector, report.item_path)
    where report.role = 'split' and report.ahead is not null and split.status in ('running', 'succeeded') and plan.ahead is not null
      and run.error is null and run.cancel_requested_at is null and collector.status = 'pending' and collector.items_total is null
  ), made as (
    select map.run_id, map.item_path || listed.index as item_path, map.attempt, map.collector, map.way, map.workspace_id, map.priority, map.lane,
      listed.step_key, listed.output, listed.port, listed.inputs, listed.logs, listed.active_ms, listed.index between 0 and map.total - 1 as exists,
      row_number() over (partition by map.run_id, map.collector, map.item_path, listed.index order by listed.place) as n
    from map
    cross join rows from (
      jsonb_to_recordset(map.ahead)
        as ("stepKey" text, index int, output jsonb, port text, inputs jsonb, logs jsonb, "activeMs" bigint)
    ) with ordinality as listed (step_key, index, output, port, inputs, logs, active_ms, place)
  ), judged as (
    select made.*, plan.id as plan_step, plan.node_id, plan.kind, plan.role, plan.title, plan.rank, plan.max_attempts,
      bool_and(coalesce(exists and made.step_key = plan.step_key
        and (plan.role = 'item' or plan.ahead_port is null or plan.ahead_port = made.port), false))
        over (partition by made.run_id, made.collector, made.item_path) as fits,
      count(*) over (partition by made.run_id, made.collector, made.item_path) as size
    from made left join engine.plan_steps as plan on plan.id = made.way[made.n]
  ), kept as materialized (
    -- Another attempt may have been lost after it had recorded some.
    select * from judged where fits and size = cardinality(way) and (attempt = 1 or not exists (
      select from public.steps as done
      where (done.run_id, done.step_key, done.item_path) = (judged.run_id, judged.step_key, judged.item_path)))
  ), new_steps as (
    insert into public.steps (
      run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, last_move,
      attempt, tries, attempt_limit, worker, port, started_at, finished_at)
    select run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, 'succeeded', 'step.succeeded',
      (role is null)::int, (role is null)::int, max_attempts, case when role is null then p_worker end, port, at, at
    from kept
  ), outputs as (
    insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
    select run_id, step_key, item_path, workspace_id, output from kept where output is not null
  ), new_attempts as (
    insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, finished_at, outcome, active_ms)
    select run_id, step_key, item_path, 1, workspace_id, p_worker, at, at, 'succeeded', coalesce(active_ms, 0) from kept where role is null
  ), records as (
    insert into public.attempt_payloads (run_id, step_key, item_path, n, workspace_id, inputs, calls, logs)
    select run_id, step_key, item_path, 1, workspace_id, inputs, '[]', coalesce(logs, '[]') from kept
    where role is null and (coalesce(inputs, '{}') <> '{}' or coalesce(logs, '[]') <> '[]')
  )
  update public.steps as collector set items_done = collector.items_done + done.items
  from (
    select run_id, collector, item_path[1:cardinality(item_path) - 1] as map_path, count(*) as items from kept where role = 'item' group by 1, 2, 3
  ) as done
  where (collector.run_id, collector.step_key, collector.item_path) = (done.run_id, done.collector, done.map_path);
end $$;

-- 31-19-retry-delay.sql

-- Milliseconds to wait before the next attempt after `p_tries` counted ones: capped exponential backoff with full jitter; a rate limit
-- never draws less than half; Retry-After is a minimum, clamped to 15 minutes. The policy's immediate retries ask somebody else, so they
-- wait for nothing, also not for a Retry-After.
create function engine.retry_delay(p_policy jsonb, p_tries int, p_class text, p_retry_after bigint)
returns double precision language plpgsql volatile set search_path = ''
as $$
declare
  cap constant double precision := (p_policy ->> 'maxDelayMs')::double precision;
  -- 60 keeps the power finite for every allowed factor (at most 10).
  highest constant double precision := least(
    cap, (p_policy ->> 'baseDelayMs')::double precision * power((p_policy ->> 'factor')::double precision, least(greatest(p_tries - 1, 0), 60)));
  drawn double precision := highest;
begin
  if p_tries <= coalesce((p_policy ->> 'immediate')::int, 0) then
    return 0;
  end if;
  if p_policy ->> 'jitter' = 'full' then
    drawn := random() * highest;
  end if;
  if p_class = 'rate_limited' then
    drawn := greatest(drawn, highest / 2);
  end if;
  return greatest(drawn, least(coalesce(p_retry_after, 0), 900000));
end $$;

-- 31-20-decide-reports.sql

-- Decides what follows from reports that passed the fence, the only place that does: the step's next status and move, when a retry is due,
-- whether a person must be asked. Writes the steps; returns them with their new status.
create function engine.decide_reports(p_reports engine.step_report[])
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  moved engine.moved[];
begin
  with judged as (
    select report.*, step.tries, step.attempt_limit, step.deadline_at, plan.retry, step.role,
      step.role = 'turn' and step.item_path[cardinality(step.item_path)] + 1 < (plan.map_config ->> 'maxTurns')::int as turns_left,
      run.error is not null or run.cancel_requested_at is not null as ending,
      -- Null where the report says neither: then it is a clear refusal, which is retried.
      coalesce(plan.effect = 'at_most_once' and step.start_marker_at is not null and report.checks is null
        and (report.error ->> 'class' in ('timeout', 'lost') or report.waiting_for ->> 'kind' = 'reconcile'), false) as unclear
    from unnest(p_reports) as report
    join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = run_id
  ), timed as (
    select *, case when outcome = 'failed' and not ending and not unclear and tries < attempt_limit and retry -> 'on' ? (error ->> 'class')
      then at + make_interval(secs => engine.retry_delay(retry, tries, error ->> 'class', (error ->> 'retryAfterMs')::bigint) / 1000)
    end as retry_at
    from judged
  ), decided as (
    select *, case
      when outcome in ('succeeded', 'skipped') then outcome
      when outcome = 'failed' and retry_at is not null
        and (deadline_at is null or retry_at <= deadline_at) then 'retry'
      when outcome = 'failed' and unclear and not ending then 'ask'
      when outcome = 'failed' and output_is_fallback then 'succeeded'
      when outcome = 'failed' then 'failed'
      when ending then 'cancelled'
      when outcome = 'parked' then 'waiting'
      else 'ready'
    end as verdict, case when outcome = 'parked' then engine.park_reason(park, at) end as reason
    from timed
  ), changed as (
    update public.steps as step set
      status = case verdict when 'retry' then 'waiting' when 'ask' then 'running' else verdict end,
      last_move = case verdict when 'retry' then 'step.waiting' when 'ask' then step.last_move when 'ready' then 'step.handed_over'
        else 'step.' || verdict end,
      waiting_for = case verdict
        when 'retry' then jsonb_build_object('kind', 'retry', 'until', engine.iso_time(retry_at))
        when 'waiting' then reason end,
      due_at = case verdict when 'retry' then retry_at when 'waiting' then (reason ->> 'until')::timestamptz
        when 'ready' then at end,
      lease_until = case when verdict = 'ask' then step.lease_until end,
      worker = case when verdict = 'ready' then null else step.worker end,
      tries = step.tries - (verdict = 'ready' or (verdict = 'waiting' and (reason ->> 'kind' in ('budget', 'limit') or decided.checks is not null)))::int,
      port = case when verdict = 'succeeded' then decided.port end,
      output_is_fallback = verdict = 'succeeded' and coalesce(decided.output_is_fallback, false),
      keeps_output = verdict not in ('succeeded', 'skipped') and decided.output is not null
        and (decided.checks is not null or (verdict = 'retry' and decided.output_is_fallback is not true)),
      error = case when verdict = 'succeeded' and not coalesce(decided.output_is_fallback, false) then null
        when verdict = 'failed' then coalesce(decided.error, '{"class": "transient", "code": "unexpected", "message": "The worker gave no reason."}')
        else decided.error end,
      -- Checks that are to be made again have not ruled yet.
      verification = engine.verification_of(case when decided.checks is null or verdict = 'failed' then decided.proofs
        else decided.checks -> 'done' end, step.verification),
      items_total = case when verdict = 'succeeded' and step.role = 'split' then jsonb_array_length(decided.output -> 'items')
        when verdict = 'succeeded' and step.role = 'turn' and not (decided.output -> 'done')::boolean and decided.turns_left then 1
        else step.items_total end,
      finished_at = case when verdict in ('succeeded', 'failed', 'skipped', 'cancelled') then greatest(at, step.started_at) end
    from decided
    where (step.run_id, step.step_key, step.item_path) = (decided.run_id, decided.step_key, decided.item_path)
    returning step.run_id, step.step_key, step.item_path, verdict
  )
  select array_agg((run_id, step_key, item_path, verdict)::engine.moved) into moved from changed;
  return coalesce(moved, '{}');
end $$;

-- 31-21-end-plain.sql

-- The short way of reports that only ended their steps: ends them and moves the steps that depend on them in one statement, so that a run's
-- row and its events are written once. Decides exactly what engine.decide_reports and engine.give_tokens decide for such reports.
-- Returns the dependent steps it moved; the caller lets what follows from those take effect.
create function engine.end_plain(p_reports engine.step_report[], p_worker text, p_take int, p_lease interval)
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  moved engine.moved[];
begin
  with ended as materialized (
    select run_id, step_key, item_path, plan_step, outcome, case when outcome = 'succeeded' then port end as port, nth, gives,
      case when proofs = '[]' then verification else engine.verification_of(proofs, verification) end as verification,
      count(*) filter (where nth = 0) over (partition by run_id) as ended_of_run
    from unnest(p_reports)
  ), given as (
    select run_id, step_key, item_path, ended_of_run, count(*) filter (where met)::int as met, count(*) filter (where not met)::int as dead
    from (
      select ended.run_id, edge.dependent_key as step_key, ended.item_path, ended_of_run, outcome = 'succeeded' and case edge.wanted
          when 'failed' then false
          when 'finished' then true
          else edge.port is null or edge.port is not distinct from ended.port
        end as met
      from ended join engine.plan_deps as edge on edge.upstream = ended.plan_step
      where ended.gives
    ) as token
    group by run_id, step_key, item_path, ended_of_run
  ), judged as (
    select step.run_id, step.step_key, step.item_path, step.rank, step.role, step.plan_step, step.workspace_id,
      step.remaining_deps - given.met - given.dead as remaining, step.dead_deps + given.dead as dead,
      plan.total_deps as total, plan.join_mode, plan.deadline_ms,
      case when run.admitted_at is null or run.paused_at is not null or plan.gated or lane.paused or workflow.status = 'paused' then 0
        else run.max_parallel - (run.counts -> 'running')::int + given.ended_of_run end as room
    from given
    join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
    join public.workflows as workflow on workflow.id = run.workflow_id
    where step.status = 'pending'
  ), decided as (
    select *, case verdict
      when 'go' then case when row_number() over (partition by verdict order by rank, item_path) <= p_take
        and row_number() over (partition by run_id, verdict order by rank, item_path) <= room then 'running' else 'ready' end
      else verdict
    end as next_status
    from (
      select *, case when verdict_only = 'go' and role is not distinct from 'item' and engine.settle_item(run_id, workspace_id, plan_step, step_key, item_path)
        then 'succeeded' else verdict_only end as verdict
      from (select *, engine.verdict_of(role, join_mode, total, remaining, dead) as verdict_only from judged) as judged
    ) as ruled
  ), changed as (
    update public.steps as step set
      status = next_status,
      last_move = case when next_status = 'pending' then step.last_move when next_status = 'ready' then 'step.ready'
        when next_status = 'running' then 'step.started' else 'step.' || next_status end,
      waiting_for = null,
      remaining_deps = coalesce(next.remaining, step.remaining_deps), dead_deps = coalesce(next.dead, step.dead_deps),
      attempt = step.attempt + next.is_start::int, tries = step.tries + next.is_start::int,
      worker = case when next.is_start then p_worker when next.is_report then step.worker end,
      lease_until = case when next_status = 'running' then at + p_lease end,
      due_at = case when next_status in ('ready', 'running') then at end,
      started_at = case when next.is_start then coalesce(step.started_at, at) else step.started_at end,
      deadline_at = case when next_status = 'running' then coalesce(step.deadline_at, at + next.deadline_ms * interval '1 ms') end,
      finished_at = case when next_status in ('succeeded', 'skipped') then greatest(at, step.started_at) end,
      port = case when next.is_report then next.port else step.port end,
      output_is_fallback = not next.is_report and step.output_is_fallback,
      keeps_output = not next.is_report and step.keeps_output,
      error = case when not next.is_report then step.error end,
      verification = case when next.is_report then next.verification else step.verification end
    from (
      select run_id, step_key, item_path, outcome as next_status, true as is_report, nth > 0 as is_start,
        case when nth > 0 then 0 end as remaining, null::int as dead, null::bigint as deadline_ms, port, verification
      from ended
      union all
      select run_id, step_key, item_path, next_status, false, next_status = 'running', remaining, dead, deadline_ms, null, null from decided
    ) as next
    where (step.run_id, step.step_key, step.item_path) = (next.run_id, next.step_key, next.item_path)
    returning step.run_id, step.step_key, step.item_path, step.status, next.is_report
  )
  select array_agg((run_id, step_key, item_path, status)::engine.moved) into moved
  from changed where status <> 'pending' and not is_report;
  return coalesce(moved, '{}');
end $$;

-- 31-21-park-reason.sql

-- What a parked step waits for, and until when; `ref` names the signal, or the question or run that engine.set_up_parks makes. Called by
-- engine.decide_reports.
create function engine.park_reason(p_park jsonb, p_at timestamptz)
returns jsonb language plpgsql volatile set search_path = ''
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'kind', case p_park ->> 'for' when 'run' then 'signal' when 'check' then 'timer' when 'host' then 'limit' else p_park ->> 'for' end,
    'ref', case p_park ->> 'for' when 'run' then 'run:' || gen_random_uuid() when 'signal' then p_park ->> 'name'
      when 'budget' then p_park ->> 'budget' when 'approval' then gen_random_uuid()::text when 'form' then gen_random_uuid()::text
      when 'check' then 'check:' || (p_park ->> 'verifier') when 'host' then 'host:' || left(p_park ->> 'host', 255) end,
    'until', case
      -- The breaker lets it go before, as soon as the host answers; this is for the case that nobody asks the host.
      when p_park ->> 'for' = 'host' then engine.iso_time(p_at + (5 + 5 * random()) * interval '1 min')
      when p_park ? 'until' then engine.iso_time((p_park ->> 'until')::timestamptz)
      else engine.iso_time(p_at + make_interval(
        secs => coalesce(p_park ->> 'forMs', p_park ->> 'timeoutMs', p_park ->> 'afterMs')::double precision / 1000))
    end
  ));
end $$;

-- 31-22-verification-of.sql

-- What an attempt's proofs say about its step; without proofs, what was known before. A warning of checks made before stays.
create function engine.verification_of(p_proofs jsonb, p_before text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  if p_proofs is null or p_proofs = '[]' then
    return p_before;
  end if;
  return (
    select case
      when bool_or((proof ->> 'required')::boolean and proof ->> 'verdict' <> 'passed') then 'failed'
      when bool_or(proof ->> 'verdict' <> 'passed') or p_before = 'warned' then 'warned'
      else 'passed'
    end
    from jsonb_array_elements(p_proofs) as proof
  );
end $$;

-- 31-30-keep-attempts.sql

-- Ends the attempts of counted reports, notes those of steps done ahead, and keeps what they made: outputs, items of maps, inputs, calls, logs, artifacts. In the same
-- transaction as the moves, so that whoever reads them on an event is never early.
create function engine.keep_attempts(p_reports engine.step_report[], p_facts engine.report_facts, p_worker text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  update public.attempts as attempt
  set outcome = report.outcome, finished_at = greatest(at, attempt.started_at), error = report.error, active_ms = coalesce(report.active_ms, 0)
  from unnest(p_reports) as report
  where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n)
    = (report.run_id, report.step_key, report.item_path, report.attempt);

  if p_facts.ahead then
    insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, finished_at, outcome, active_ms)
    select run_id, step_key, item_path, attempt, workspace_id, p_worker, at, at, outcome, coalesce(active_ms, 0)
    from unnest(p_reports) where nth > 0;
  end if;

  if p_facts.records then
    insert into public.attempt_payloads (run_id, step_key, item_path, n, workspace_id, inputs, calls, logs, error_detail)
    select run_id, step_key, item_path, attempt, workspace_id, inputs, coalesce(calls, '[]'), coalesce(logs, '[]'), error_detail
    from unnest(p_reports)
    where coalesce(inputs, '{}') <> '{}' or calls <> '[]' or logs <> '[]' or error_detail is not null;
  end if;

  if not p_facts.plain then
    insert into engine.items (run_id, collector, item_path, value)
    select run_id, plan.collector, item_path || (item.place::int - 1), item.value
    from unnest(p_reports) as report
    join engine.plan_steps as plan on plan.id = report.plan_step
    cross join jsonb_array_elements(report.output -> 'items') with ordinality as item (value, place)
    where report.role = 'split' and report.outcome = 'succeeded'
    on conflict (run_id, collector, item_path) do update set value = excluded.value;
  end if;

  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, checks, output)
  select run_id, step_key, item_path, workspace_id, checks,
    case when role = 'split' then jsonb_build_object('count', jsonb_array_length(output -> 'items')) else output end
  from unnest(p_reports) where output is not null
  on conflict (run_id, step_key, item_path) do update set output = excluded.output, checks = excluded.checks;

  if p_facts.artifacts then
    insert into public.artifacts (run_id, step_key, item_path, attempt, workspace_id, kind, title, mime, bytes, sha256, body, path, url)
    select run_id, step_key, item_path, report.attempt, workspace_id, made.kind, made.title, made.mime, made.bytes, made.sha256,
      made.body, made.path, made.url
    from unnest(p_reports) as report
    cross join jsonb_to_recordset(report.artifacts)
      as made (kind text, title text, mime text, bytes bigint, sha256 text, body text, path text, url text)
    where report.artifacts <> '[]';
  end if;
end $$;

-- 31-31-add-proofs.sql

-- Numbers and chains the proofs of counted reports: `n` is dense per run, and each hash covers the one before, the first the plan's.
create function engine.add_proofs(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  draft record;
  run record;
  this_hash text;
begin
  for draft in
    select report.run_id, report.step_key, report.item_path, report.attempt, proof
    from unnest(p_reports) as report cross join jsonb_array_elements(report.proofs) with ordinality as proofs (proof, place)
    where report.proofs <> '[]'
    order by report.run_id, report.step_key, report.item_path, place
  loop
    select workspace_id, proof_count + 1 as n, coalesce(proof_head, plan_hash) as prev_hash into run
    from public.runs where id = draft.run_id;
    this_hash := engine.proof_hash(draft.run_id, run.n, draft.step_key, draft.item_path, draft.attempt, draft.proof, run.prev_hash, at);
    insert into public.proofs (
      run_id, n, workspace_id, step_key, item_path, attempt, verifier, kind, required, verdict, score, evidence, evidence_hash,
      prev_hash, hash, at)
    values (
      draft.run_id, run.n, run.workspace_id, draft.step_key, draft.item_path, draft.attempt, draft.proof ->> 'verifier',
      draft.proof ->> 'kind', (draft.proof ->> 'required')::boolean, draft.proof ->> 'verdict',
      (draft.proof ->> 'score')::double precision, coalesce(draft.proof -> 'evidence', 'null'), draft.proof ->> 'evidenceHash',
      run.prev_hash, this_hash, at);
    update public.runs set proof_count = run.n, proof_head = this_hash where id = draft.run_id;
  end loop;
end $$;

-- 31-32-proof-hash.sql

-- The hash of a proof: SHA-256 of its fields as canonical JSON (keys sorted, no spaces), evidence represented by its hash. The times are
-- written as stored, with milliseconds.
create function engine.proof_hash(
  p_run uuid, p_n int, p_step text, p_item int[], p_attempt int, p_proof jsonb, p_prev_hash text, p_at timestamptz)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return encode(sha256(convert_to(format(
    '{"at":%s,"attempt":%s,"evidenceHash":%s,"itemPath":[%s],"kind":%s,"n":%s,"prevHash":%s,"required":%s,"runId":%s,%s"stepKey":%s,"verdict":%s,"verifier":%s}',
    to_json(engine.iso_time(p_at)), p_attempt, p_proof -> 'evidenceHash', array_to_string(p_item, ','), p_proof -> 'kind', p_n,
    to_json(p_prev_hash), p_proof -> 'required', to_json(p_run),
    case when p_proof ? 'score' then '"score":' || (p_proof ->> 'score') || ',' else '' end,
    to_json(p_step), p_proof -> 'verdict', p_proof -> 'verifier'
  ), 'UTF8')), 'hex');
end $$;

-- 31-33-add-usage.sql

-- Adds the calls of counted reports to their runs' usage. Active time is added up when the run ends.
create function engine.add_usage(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
begin
  update public.runs as run set usage = run.usage || jsonb_build_object(
    'llmCalls', (run.usage -> 'llmCalls')::int + spent.llm_calls, 'toolCalls', (run.usage -> 'toolCalls')::int + spent.tool_calls,
    'httpCalls', (run.usage -> 'httpCalls')::int + spent.http_calls, 'tokensIn', (run.usage -> 'tokensIn')::int + spent.tokens_in,
    'tokensOut', (run.usage -> 'tokensOut')::int + spent.tokens_out, 'costUsd', (run.usage -> 'costUsd')::numeric + spent.cost)
  from (
    select report.run_id, count(*) filter (where call ->> 'kind' = 'llm') as llm_calls,
      count(*) filter (where call ->> 'kind' = 'mcp') as tool_calls, count(*) filter (where call ->> 'kind' = 'http') as http_calls,
      coalesce(sum((call -> 'llm' ->> 'tokensIn')::bigint), 0) as tokens_in,
      coalesce(sum((call -> 'llm' ->> 'tokensOut')::bigint), 0) as tokens_out,
      coalesce(sum((call -> 'llm' ->> 'costUsd')::numeric), 0) as cost
    from unnest(p_reports) as report cross join jsonb_array_elements(report.calls) as call
    where report.calls <> '[]'
    group by report.run_id
  ) as spent
  where run.id = spent.run_id;
end $$;

-- 31-34-set-up-parks.sql

-- Sets up what parked steps wait for: a question to people, a signal, or a child run; a timer needs nothing. Returns steps that ended at
-- once (a signal that came before, a child that could not start or is not waited for).
create function engine.set_up_parks(p_reports engine.step_report[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  parked record;
  ended engine.step_ref[] := '{}';
begin
  for parked in
    select report.*, step.workspace_id, step.status, step.due_at, step.waiting_for ->> 'ref' as ref
    from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
    where report.outcome = 'parked' and step.status = 'waiting'
  loop
    if parked.park ->> 'for' in ('approval', 'form') then
      insert into public.approvals (
        id, run_id, step_key, item_path, attempt, workspace_id, purpose, title, message, payload, editable, form, approvers, on_timeout,
        opened_at, expires_at)
      values (
        parked.ref::uuid, parked.run_id, parked.step_key, parked.item_path, parked.attempt, parked.workspace_id,
        coalesce(parked.park ->> 'purpose', parked.park ->> 'for'), parked.park ->> 'title',
        parked.park ->> 'message', coalesce(parked.park -> 'payload', parked.park -> 'prefill'), parked.park -> 'editable',
        parked.park -> 'schema', parked.park -> 'approvers', coalesce(parked.park ->> 'onTimeout', 'fail'), engine.now(), parked.due_at);
    elsif parked.park ->> 'for' = 'signal' then
      ended := ended || engine.await_signal((parked.run_id, parked.step_key, parked.item_path)::engine.step_ref, parked.park);
    elsif parked.park ->> 'for' = 'budget' then
      -- Somebody may have topped it up while the refusal was under way.
      perform engine.release_held(array[id], 'budget', parked.ref) from public.runs
      where id = parked.run_id and (budgets ->> parked.ref)::numeric > (parked.park ->> 'amount')::numeric;
    elsif parked.park ->> 'for' = 'host' then
      -- It may answer again meanwhile.
      if not exists (
        select from engine.breakers
        where workspace_id = parked.workspace_id and 'host:' || host = parked.ref and opened_at is not null
      ) then
        perform engine.release_held(array[parked.run_id], 'limit', parked.ref);
      end if;
    elsif parked.park ->> 'for' = 'run' then
      ended := ended || engine.start_child(
        (parked.run_id, parked.step_key, parked.item_path)::engine.step_ref, parked.park, substr(parked.ref, 5)::uuid);
    end if;
  end loop;
  return ended;
end $$;

-- 31-35-await-signal.sql

-- Makes a parked step wait for a signal, or take the oldest fitting one that came before it. Returns the step if it ended.
create function engine.await_signal(p_step engine.step_ref, p_park jsonb)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  kept engine.signals;
begin
  delete from engine.signals
  where id = (
    select id from engine.signals as signal
    where signal.run_id = p_step.run_id and signal.name = p_park ->> 'name' and engine.matches_signal(p_park -> 'match', signal.payload)
    order by id limit 1)
  returning * into kept;
  if kept.id is not null then
    perform engine.complete_step(p_step, null, jsonb_build_object('signal', kept.payload));
    return array[p_step];
  end if;
  insert into engine.signal_waits (run_id, step_key, item_path, name, match, on_timeout, opened_at)
  values (p_step.run_id, p_step.step_key, p_step.item_path, p_park ->> 'name', p_park -> 'match', p_park ->> 'onTimeout', engine.now())
  on conflict (run_id, step_key, item_path) do update set
    name = excluded.name, match = excluded.match, on_timeout = excluded.on_timeout, opened_at = excluded.opened_at;
  return '{}';
end $$;

-- 31-35-receive-signal.sql

-- Gives a signal to the step of a locked run that has waited for it longest, or keeps it. Returns the step's key when one took it, `kept`
-- when it waits, `full` when the run keeps too many already, `ended` when the run is over.
create function engine.receive_signal(p_run uuid, p_name text, p_payload jsonb, p_by uuid)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  taker engine.step_ref;
begin
  if exists (select from public.runs where id = p_run and (finished_at is not null or cancel_requested_at is not null)) then
    return '{"signal": "ended"}';
  end if;
  select wait.run_id, wait.step_key, wait.item_path into taker
  from engine.signal_waits as wait join public.steps as step using (run_id, step_key, item_path)
  where wait.run_id = p_run and wait.name = p_name and step.status = 'waiting' and step.waiting_for ->> 'kind' = 'signal'
    and engine.matches_signal(wait.match, p_payload)
  order by wait.opened_at, step.rank, step.item_path limit 1;
  if taker.run_id is not null then
    delete from engine.signal_waits where (run_id, step_key, item_path) = (taker.run_id, taker.step_key, taker.item_path);
    perform engine.complete_step(taker, null, jsonb_build_object('signal', p_payload));
    perform engine.finish_waits(array[taker]);
    return jsonb_build_object('signal', 'taken', 'step', taker.step_key, 'item', taker.item_path);
  end if;
  if (select count(*) from engine.signals where run_id = p_run) >= 100 then
    return '{"signal": "full"}';
  end if;
  insert into engine.signals (run_id, name, payload, sent_by, sent_at) values (p_run, p_name, p_payload, p_by, engine.now());
  return '{"signal": "kept"}';
end $$;

-- 31-35-start-child.sql

-- Starts the run a sub-workflow step asks for and makes the step wait for it, or, detached, succeed. A child that cannot start fails the
-- step. Returns the step if it ended.
create function engine.start_child(p_step engine.step_ref, p_park jsonb, p_child uuid)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  parent public.runs;
  target uuid;
  depth int := 0;
begin
  select * into parent from public.runs where id = p_step.run_id;
  select id into target from public.workflows where workspace_id = parent.workspace_id and slug = p_park ->> 'workflow';
  with recursive ancestor (id, parent_run_id, n) as (
    select parent.id, parent.parent_run_id, 1
    union all
    select run.id, run.parent_run_id, n + 1 from ancestor join public.runs as run on run.id = ancestor.parent_run_id where n < 12
  ) select max(n) into depth from ancestor;
  begin
    if target is null then
      raise exception using message = format('There is no workflow "%s" in this workspace.', p_park ->> 'workflow');
    elsif depth > 10 then
      raise exception using message = 'Workflows start each other more than ten deep here.';
    end if;
    perform engine.start_run_as(null, target, coalesce(p_park -> 'input', '{}'), jsonb_strip_nulls(jsonb_build_object(
      'version', p_park ->> 'version', 'lane', p_park ->> 'lane', 'mode', parent.mode, 'trigger_kind', 'workflow',
      'facts', jsonb_build_object('id', p_child) || case when (p_park ->> 'detach')::boolean then '{}' else jsonb_build_object(
        'parent_run_id', parent.id, 'parent_step', p_step.step_key, 'parent_item', to_jsonb(p_step.item_path)) end
    )));
  exception when others then
    update public.steps set status = 'failed', last_move = 'step.failed', waiting_for = null, due_at = null,
      finished_at = greatest(engine.now(), started_at), error = jsonb_build_object('class', 'permanent', 'code', 'child_not_started', 'step', step_key,
        'message', left('The other workflow could not be started: ' || engine.message_of(sqlerrm), 500))
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'waiting';
    return case when found then array[p_step] else '{}' end;
  end;
  if (p_park ->> 'detach')::boolean then
    perform engine.complete_step(p_step, null, jsonb_build_object('run', p_child));
    return array(select p_step from public.steps
      where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and finished_at is not null);
  end if;
  return '{}';
end $$;

-- 31-36-message-of.sql

-- The message of an error raised by engine.raise in either of its forms.
create function engine.message_of(p_text text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return coalesce(p_text::jsonb ->> 'message', p_text);
exception when invalid_text_representation then
  return p_text;
end $$;

-- 31-36-settle-others.sql

-- The long way of reports: whatever they say is decided, set up, and takes effect. Returns the steps started for the worker.
create function engine.settle_others(p_reports engine.step_report[], p_worker text, p_take int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  moved constant engine.moved[] := engine.decide_reports(p_reports);
  ended engine.step_ref[];
begin
  ended := array(
    select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status in ('succeeded', 'failed', 'skipped'));
  if exists (select from unnest(p_reports) where role = 'split' and ahead is not null) then
    perform engine.add_bodies(p_reports, p_worker);
  end if;
  if exists (select from unnest(p_reports) where checks is not null) then
    perform engine.use_fallbacks(p_reports);
  end if;
  if exists (select from unnest(moved) where status = 'waiting') then
    ended := ended || engine.set_up_parks(p_reports);
  end if;
  perform engine.ask_reconcile((run_id, step_key, item_path)::engine.step_ref, 'The call was sent, but no clear answer came back.')
  from unnest(moved) where status = 'ask';
  return engine.advance(ended, p_worker, p_take, p_lease);
end $$;

-- 31-36-use-fallbacks.sql

-- Puts the fallback in the place of outputs whose checks could not be made by the last attempt either.
create function engine.use_fallbacks(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
begin
  update public.step_payloads as payload set output = report.checks -> 'fallback', checks = null
  from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
  where report.checks ? 'fallback' and step.status = 'succeeded'
    and (payload.run_id, payload.step_key, payload.item_path) = (report.run_id, report.step_key, report.item_path);
end $$;

-- 31-37-settle-plain.sql

-- The short way of reports whose steps ended by themselves. Returns the steps started for the worker.
create function engine.settle_plain(p_reports engine.step_report[], p_any_item boolean, p_worker text, p_take int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  moved engine.moved[] := engine.end_plain(p_reports, p_worker, p_take, p_lease);
  started engine.step_ref[];
  ended engine.step_ref[];
begin
  if p_any_item then
    -- The reports' own steps, and the items that succeeded by them.
    moved := moved || engine.count_items(array(
      select (run_id, step_key, item_path)::engine.step_ref from unnest(p_reports)
      union all
      select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status = 'succeeded'
    ), p_worker, p_take - (select count(*)::int from unnest(moved) where status = 'running'), p_lease);
  end if;
  started := array(select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status = 'running');
  ended := array(select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status in ('skipped', 'ended'));
  if cardinality(ended) > 0 then
    started := started || engine.advance(ended, p_worker, p_take - cardinality(started), p_lease);
  end if;
  return started;
end $$;

-- 31-38-free-connections.sql

-- After reports where a connection has limits: a Retry-After a server gave to one step holds its neighbours back as well, and places that got
-- free go to the next. Called by engine.report_steps.
create function engine.free_connections(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
declare
  used record;
  connection public.connections;
begin
  for used in
    select step.workspace_id, slug, max(case when cardinality(plan.connections) = 1 and report.error ->> 'class' = 'rate_limited'
        then least((report.error ->> 'retryAfterMs')::bigint, 900000) end) as retry_after
    from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step and plan.gated
    cross join unnest(plan.connections) as slug
    group by step.workspace_id, slug order by step.workspace_id, slug
  loop
    if used.retry_after is not null then
      update public.connections set held_until = engine.now() + make_interval(secs => used.retry_after / 1000.0)
      where workspace_id = used.workspace_id and slug = used.slug and limits is not null;
    end if;
    for connection in
      select * from public.connections where workspace_id = used.workspace_id and slug = used.slug and limits ? 'maxParallel'
    loop
      perform engine.release_connection(connection);
    end loop;
  end loop;
end $$;

-- 32-10-claim-steps.sql

-- Gives a worker up to `p_limit` steps to execute, as an array of ClaimedStep (core/worker.ts), each leased for `p_lease_ms`.
-- Every entry into the engine looks rows up by key, so each turns the other ways to join off and keeps its plans: one made while the
-- tables were nearly empty would else read all of them for ever, and planning anew cost eight times what executing did.
create function engine.claim_steps(p_worker text, p_limit int, p_lease_ms int)
returns json language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  taken engine.step_ref[];
begin
  if engine.may_rest(p_worker) then
    return '[]';
  end if;
  taken := engine.take_due(p_worker, p_limit, make_interval(secs => p_lease_ms / 1000.0));
  perform engine.wake_others(p_worker, p_limit, cardinality(taken)) from engine.workers where sleeping limit 1;
  return engine.hand_out(taken);
end $$;

-- 32-20-report-steps.sql

-- Takes a worker's reports in one transaction and answers with a ReportAnswer (core/worker.ts): which counted, and up to `p_claim` further
-- steps, already claimed, those just released first. A report whose attempt is not the current one changes nothing and is noted.
create function engine.report_steps(p_worker text, p_reports jsonb, p_claim int, p_lease_ms int)
returns json language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  lease constant interval := make_interval(secs => p_lease_ms / 1000.0);
  reports engine.step_report[];
  counted engine.step_report[];
  done engine.step_report[];
  facts engine.report_facts;
  taken engine.step_ref[];
  touched uuid[];
  ending boolean;
begin
  reports := engine.read_reports(p_reports);
  select array_agg(id), bool_or(is_ending) into touched, ending
  from (
    select id, is_ending from (select distinct run_id from unnest(reports) order by run_id) as reported cross join lateral (
      select id, error is not null or cancel_requested_at is not null as is_ending from public.runs
      where id = run_id offset 0 for no key update
    ) as run
  ) as locked;
  counted := engine.fence_reports(p_worker, reports);
  facts := engine.facts_of(counted, ending);
  if facts.proofs then
    perform engine.add_proofs(counted);
  end if;
  if facts.calls then
    perform engine.add_usage(counted);
  end if;
  done := case when facts.ahead then engine.add_ahead(counted) else counted end;
  perform engine.keep_attempts(done, facts, p_worker);
  if facts.plain then
    taken := engine.settle_plain(done, facts.items, p_worker, p_claim, lease);
  else
    taken := engine.settle_others(counted, p_worker, p_claim, lease);
  end if;
  perform engine.settle_runs(touched);
  if exists (select from public.connections where limits is not null) then
    perform engine.free_connections(counted);
  end if;
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  if cardinality(taken) = p_claim or not engine.may_rest(p_worker) then
    if cardinality(taken) < p_claim then
      taken := taken || engine.take_due(p_worker, p_claim - cardinality(taken), lease);
    end if;
    perform engine.wake_others(p_worker, p_claim, cardinality(taken), (select avg(active_ms) from unnest(counted)))
    from engine.workers where sleeping limit 1;
  end if;
  return json_build_object('results', engine.report_results(reports, counted), 'claimed', engine.hand_out(taken));
end $$;

-- 32-30-heartbeat.sql

-- Renews a worker's leases where attempt and status still match, and says which steps should stop. Leases: [{runId, stepKey, itemPath,
-- attempt}]; the answer adds held, renewed and cancelRequested. Held without renewed: the run was busy, and the lease is as old as it was.
create function engine.heartbeat(p_worker text, p_leases jsonb, p_lease_ms int)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  lease_end constant timestamptz := engine.now() + make_interval(secs => p_lease_ms / 1000.0);
  answer jsonb;
begin
  -- Run first, then steps. A run somebody else holds is skipped, not waited for: that holder may be about to end the very step, and a
  -- renewal a moment later is early enough.
  with asked as (
    select * from jsonb_to_recordset(p_leases) as lease ("runId" uuid, "stepKey" text, "itemPath" int[], attempt int)
  ), locked as materialized (
    select run.* from (select distinct "runId" from asked) as leased cross join lateral (
      select id, cancel_requested_at from public.runs where id = "runId" offset 0 for no key update skip locked) as run
  ), renewed as (
    update public.steps as step set lease_until = lease_end
    from asked join locked on locked.id = asked."runId"
    where (step.run_id, step.step_key, step.item_path) = (asked."runId", asked."stepKey", asked."itemPath")
      and step.status = 'running' and step.attempt = asked.attempt
    returning step.run_id, step.step_key, step.item_path
  )
  select jsonb_agg(jsonb_build_object(
    'runId', asked."runId", 'stepKey', asked."stepKey", 'itemPath', asked."itemPath", 'attempt', asked.attempt,
    'held', renewed.run_id is not null or coalesce(step.status = 'running' and step.attempt = asked.attempt, false),
    'renewed', renewed.run_id is not null, 'cancelRequested', run.cancel_requested_at is not null))
  into answer
  from asked
  left join renewed on (renewed.run_id, renewed.step_key, renewed.item_path) = (asked."runId", asked."stepKey", asked."itemPath")
  left join public.steps as step on (step.run_id, step.step_key, step.item_path) = (asked."runId", asked."stepKey", asked."itemPath")
  left join public.runs as run on run.id = asked."runId";
  return coalesce(answer, '[]');
end $$;

-- 32-40-mark-started.sql

-- Commits the start marker of an at_most_once step: from now on a crash or time-out is unclear and a person decides. False when the
-- attempt is not the current one, the marker is there already, or the run is to end: then the worker must not start.
create function engine.mark_started(p_run uuid, p_step text, p_item int[], p_attempt int)
returns boolean language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  perform from public.runs where id = p_run and cancel_requested_at is null for no key update;
  if not found then
    return false;
  end if;
  update public.steps set start_marker_at = at
  where (run_id, step_key, item_path) = (p_run, p_step, p_item) and status = 'running' and attempt = p_attempt
    and lease_until > at and start_marker_at is null;
  if not found then
    return false;
  end if;
  update public.attempts set start_marker_at = at where (run_id, step_key, item_path, n) = (p_run, p_step, p_item, p_attempt);
  return true;
end $$;

-- 32-42-record-ahead.sql

-- Takes a portion of what a worker does of a map's body while its split is still under way: large maps are recorded as they go, and the rest
-- comes with the split's report. False when the attempt is not the current one or the run is to end: then nothing is recorded, and the
-- worker goes no further.
create function engine.record_ahead(p_worker text, p_run uuid, p_step text, p_item int[], p_attempt int, p_total int, p_ahead jsonb)
returns boolean language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  report engine.step_report;
begin
  perform from public.runs where id = p_run and cancel_requested_at is null and error is null for no key update;
  if not found then
    return false;
  end if;
  select workspace_id, role into report.workspace_id, report.role from public.steps
  where (run_id, step_key, item_path) = (p_run, p_step, p_item) and status = 'running' and attempt = p_attempt and lease_until > engine.now();
  if not found then
    return false;
  end if;
  report.run_id := p_run;
  report.step_key := p_step;
  report.item_path := p_item;
  report.attempt := p_attempt;
  report.output := jsonb_build_object('count', p_total);
  report.ahead := p_ahead;
  perform engine.add_bodies(array[report], p_worker);
  return true;
end $$;

-- 32-45-reserve-budget.sql

-- Holds for one attempt what its calls have used so far and may use next: {tokens, costUsd, calls}, in all. Answers {granted}, and when it is
-- refused which `budget` is short and its `amount`, with `until` when only other attempts hold it now. Announces when 80 % are gone.
create function engine.reserve_budget(p_run uuid, p_step text, p_item int[], p_attempt int, p_wanted jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  run public.runs;
  short record;
  nearly text;
begin
  select * into run from public.runs where id = p_run for no key update;
  if run.budgets is null then
    return '{"granted": true}';
  end if;
  if not exists (
    select from public.steps
    where (run_id, step_key, item_path) = (p_run, p_step, p_item) and status = 'running' and attempt = p_attempt
  ) then
    return '{"granted": false}';
  end if;
  select use.*, coalesce((p_wanted ->> use.name)::numeric, 0) as wanted into short
  from engine.budget_use(run, (p_run, p_step, p_item)::engine.step_ref) as use
  where case when use.name = 'activeMs' then use.used >= use.amount
    else use.used + use.held + coalesce((p_wanted ->> use.name)::numeric, 0) > use.amount end
  order by use.name limit 1;
  if short.name is not null then
    return jsonb_strip_nulls(jsonb_build_object('granted', false, 'budget', short.name, 'amount', short.amount,
      'until', case when short.used + short.wanted <= short.amount and short.name <> 'activeMs'
        then engine.iso_time(engine.now() + interval '2 s') end));
  end if;
  insert into engine.budget_reservations (run_id, step_key, item_path, attempt, tokens, cost_usd, calls)
  values (p_run, p_step, p_item, p_attempt, coalesce((p_wanted ->> 'tokens')::numeric, 0), coalesce((p_wanted ->> 'costUsd')::numeric, 0),
    coalesce((p_wanted ->> 'calls')::int, 0))
  on conflict (run_id, step_key, item_path, attempt) do update
  set tokens = excluded.tokens, cost_usd = excluded.cost_usd, calls = excluded.calls;
  select use.name into nearly from engine.budget_use(run, null) as use
  where use.used + use.held >= use.amount * 0.8 order by (use.used + use.held) / use.amount desc limit 1;
  if nearly is distinct from run.budget_warning then
    update public.runs set budget_warning = nearly, last_move = 'run.updated' where id = p_run;
  end if;
  return '{"granted": true}';
end $$;

-- 32-46-ask-host.sql

-- Whether a worker may call a host now: `go`, `wait`, or `probe`: the one call until the next is due that finds out whether the host answers
-- again. Probes are two seconds apart at first and an eighth of the time the breaker has been open later, a minute at most.
create function engine.ask_host(p_workspace uuid, p_host text)
returns text language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  breaker engine.breakers;
begin
  select * into breaker from engine.breakers where (workspace_id, host) = (p_workspace, left(p_host, 255));
  if breaker.opened_at is null then
    return 'go';
  end if;
  update engine.breakers
  set probe_at = at + least(greatest((at - opened_at) / 8, interval '2 s'), interval '1 min')
  where (workspace_id, host) = (breaker.workspace_id, breaker.host) and probe_at <= at;
  return case when found then 'probe' else 'wait' end;
end $$;

-- 32-46-count-calls.sql

-- Counts how calls to one host ended, and opens its breaker when at least 20 of them, and half, failed within ten seconds. The answer to a
-- probe closes it, and the steps that wait are let go one after the other. Called by engine.note_calls.
create function engine.count_calls(p_workspace uuid, p_host text, p_failed int, p_answered int, p_probed boolean)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  breaker engine.breakers;
begin
  if p_probed and p_answered > 0 then
    update engine.breakers set opened_at = null, probe_at = null, closed_at = at, counted_from = at, failed = 0, answered = 0, tend_at = at
    where (workspace_id, host) = (p_workspace, p_host) and opened_at is not null;
    if found then
      perform engine.tend_breakers();
      perform engine.wake_workers();
    end if;
  end if;
  -- Most hosts never fail, so only a failure makes a row.
  if p_failed = 0 then
    return;
  end if;
  insert into engine.breakers as known (workspace_id, host, counted_from, failed, answered, tend_at)
  values (p_workspace, p_host, at, p_failed, p_answered, at + interval '1 min')
  on conflict (workspace_id, host) do update set
    counted_from = case when known.counted_from > at - interval '10 s' then known.counted_from else at end,
    failed = case when known.counted_from > at - interval '10 s' then known.failed else 0 end + excluded.failed,
    answered = case when known.counted_from > at - interval '10 s' then known.answered else 0 end + excluded.answered
  returning * into breaker;
  if breaker.opened_at is null and breaker.failed >= 20 and breaker.failed >= breaker.answered then
    update engine.breakers set opened_at = at, probe_at = at + interval '2 s', counted_from = at, failed = 0, answered = 0,
      tend_at = at + interval '2 s'
    where (workspace_id, host) = (p_workspace, p_host);
  end if;
end $$;

-- 32-46-note-calls.sql

-- Takes from a worker how calls to hosts ended, [{workspaceId, host, failed, answered, probed}], and answers with all hosts whose breaker is
-- open, [{workspaceId, host}]. Without calls it only answers.
create function engine.note_calls(p_calls jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  -- In one order, so that two workers never wait for each other.
  perform engine.count_calls("workspaceId", left(host, 255), failed, answered, probed)
  from (
    select "workspaceId", host, sum(failed)::int as failed, sum(answered)::int as answered, bool_or(probed) as probed
    from jsonb_to_recordset(p_calls) as call ("workspaceId" uuid, host text, failed int, answered int, probed boolean)
    group by "workspaceId", host order by "workspaceId", host
  ) as called;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('workspaceId', workspace_id, 'host', host)), '[]')
    from (select workspace_id, host from engine.breakers where opened_at is not null limit 10000) as broken);
end $$;

-- 32-50-worker-idle.sql

-- Marks a worker as asleep, so that the next commit that makes work ready wakes it, and says whether there is work after all and when
-- something is due. A worker claims once more after this call commits and only then sleeps. One that has steps under way, but room for more,
-- says so with `p_at_work`.
create function engine.worker_idle(p_worker text, p_at_work boolean default false)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  at constant timestamptz := engine.now();
begin
  insert into engine.workers (worker, sleeping, at_work, seen_at) values (p_worker, true, p_at_work, at)
  on conflict (worker) do update set sleeping = true, looks_until = null, at_work = excluded.at_work, seen_at = excluded.seen_at;
  delete from engine.workers where pid is null and seen_at < at - interval '1 hour';
  return jsonb_build_object('nextDueMs', engine.next_due_ms(), 'work', not engine.may_rest(p_worker) and exists (
    select from public.steps as step join public.runs as run on run.id = step.run_id
    where step.status = 'ready' and (run.counts -> 'running')::int < run.max_parallel));
end $$;

-- 32-51-next-due-ms.sql

-- Milliseconds until the next timer, retry, lease end, deadline or schedule; 0 when something is due, null when nothing is.
create function engine.next_due_ms()
returns bigint language plpgsql volatile set search_path = ''
as $$
declare
  next_at timestamptz;
begin
  select least(
    (select min(coalesce(lease_until, due_at)) from public.steps where (lease_until is not null or waiting_for is not null)),
    (select min(schedule.next_at) from public.triggers as schedule where schedule.next_at is not null and live and enabled),
    (select min(due_at) from public.firings where status = 'pending'),
    (select min(tend_at) from engine.breakers),
    (select min(deadline_at) from public.runs where deadline_at is not null and finished_at is null),
    (select min(deadline_at) from public.steps where deadline_at is not null and finished_at is null),
    (select min(cancel_requested_at) + interval '10 s' from public.runs where cancel_requested_at is not null and finished_at is null)
  ) into next_at;
  if next_at is null then
    return null;
  end if;
  return greatest(0, ceil(extract(epoch from next_at - engine.now()) * 1000))::bigint;
end $$;

-- 32-55-free-vanished.sql

-- Ends the leases of vanished workers now, so that the next claim recovers their steps without waiting. Called by the sweep and by every
-- worker that registers. Returns how many steps. Writes nothing when nobody vanished.
create function engine.free_vanished()
returns int language plpgsql volatile set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  horizon timestamptz;
  gone text[] := engine.vanished_workers();
  freed int;
begin
  if cardinality(gone) = 0 then
    return 0;
  end if;
  -- A worker that has just come back has a session that the first look did not show: its row is locked, then the sessions read anew.
  perform from engine.workers where worker = any (gone) order by worker for update skip locked;
  perform pg_stat_clear_snapshot();
  gone := array(select worker from engine.workers where worker = any (engine.vanished_workers()) and worker = any (gone)
    order by worker for update skip locked);
  select at + make_interval(secs => max(lease_ms) / 1000.0) into horizon from engine.workers where worker = any (gone);

  -- Run first, then steps; a run that somebody holds is left to the next sweep.
  with held as (
    select run_id, step_key, item_path from public.steps
    where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= horizon
      and status = 'running' and lease_until > at and worker = any (gone)
  ), locked as materialized (
    select id from public.runs where id in (select run_id from held) order by id for no key update skip locked
  )
  update public.steps as step set lease_until = at
  from held join locked on locked.id = held.run_id
  where (step.run_id, step.step_key, step.item_path) = (held.run_id, held.step_key, held.item_path)
    and step.status = 'running' and step.worker = any (gone) and step.lease_until > at;
  get diagnostics freed = row_count;
  update engine.workers set vanished_at = at, sleeping = false where worker = any (gone) and vanished_at is null;
  delete from engine.workers where worker = any (gone) and vanished_at <= at - make_interval(secs => lease_ms / 1000.0);
  return freed;
end $$;

-- 32-56-register-worker.sql

-- Says that a worker lives as long as the session this is called on, which from then on runs nothing. A worker's first act: it also frees
-- the steps of those that died before it. Leases already held stay. Returns how many steps were freed.
create function engine.register_worker(
  p_worker text, p_lease_ms int, p_hears boolean default false, p_slots int default null, p_database_cores int default null)
returns int language plpgsql security definer set search_path = ''
as $$
begin
  insert into engine.workers (worker, seen_at, pid, session_started, lease_ms, hears, slots, database_cores)
  select p_worker, engine.now(), pg_backend_pid(), coalesce(max(session.backend_start), now()), p_lease_ms, p_hears, p_slots, p_database_cores
  from pg_stat_get_activity(pg_backend_pid()) as session
  on conflict (worker) do update set seen_at = excluded.seen_at, pid = excluded.pid, session_started = excluded.session_started,
    lease_ms = excluded.lease_ms, hears = excluded.hears, slots = excluded.slots, database_cores = excluded.database_cores, vanished_at = null;
  return engine.free_vanished();
end $$;

-- 32-60-sweep.sql

-- Does what time alone brings: timers that are over, questions that expired, deadlines of runs and steps, cancelled runs past ten seconds,
-- messages between runs, leases of workers that died, lapsed leases of runs that end, rollups, rare chores. Retries and other lapsed leases are
-- for claims. Called every few seconds.
create function engine.sweep()
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  began constant timestamptz := engine.now();
  released int;
  recovered int;
  due_now boolean;
begin
  -- First, because they hold nobody up before the others lock runs.
  perform engine.fold_rollups();
  perform engine.do_chores();
  released := engine.end_waits() + engine.deliver();
  recovered := engine.free_vanished() + engine.end_overdue_runs() + engine.end_overdue_steps();
  perform engine.tend_firings();
  -- Verbs on many runs, a slice of each.
  released := released + engine.work_operations();
  -- A run that was busy when its lane had room again was passed over then.
  perform engine.release_lane(held.workspace_id, held.lane)
  from (select distinct workspace_id, lane from public.runs where waiting_for ->> 'kind' = 'lane' order by workspace_id, lane) as held;
  perform engine.release_keys();
  if exists (select from engine.breakers where tend_at <= began) then
    perform engine.tend_breakers();
  end if;
  perform engine.release_connection(limited) from public.connections as limited where limited.limits ? 'maxParallel';
  select exists (
    select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= engine.now()
  ) or exists (select from public.steps where status = 'ready') into due_now;
  if due_now then
    perform engine.wake_workers();
  end if;
  perform engine.note_sweep(began);
  return jsonb_build_object('released', released, 'recovered', recovered, 'firings', engine.firings_due(), 'nextDueMs', engine.next_due_ms(),
    'removals', exists (select from engine.file_removals where due_at <= began));
end $$;

-- 32-61-end-wait.sql

-- Ends one wait of a locked run whose time has come: a timer succeeds (a repeat's turn with the result it had kept), a check asks again, a
-- question expires and a signal stays out as their nodes say. Called by engine.end_waits.
create function engine.end_wait(p_step engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
declare
  question public.approvals;
  missed engine.signal_waits;
begin
  update public.approvals set status = 'expired', decided_at = engine.now()
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'open'
  returning * into question;
  if question.purpose = 'verifier' then
    perform engine.answer_check(question, 'expired');
    return;
  elsif question.on_timeout = 'rejected' then
    perform engine.complete_step(p_step, 'rejected',
      jsonb_build_object('decision', 'rejected', 'by', 'timeout', 'comment', 'Nobody decided in time.', 'payload', question.payload));
    return;
  elsif question.id is not null then
    perform engine.fail_waiting(p_step, jsonb_build_object('class', 'permanent', 'code', 'wait_expired', 'hint', 'Retry to ask again.',
      'message', case question.purpose when 'form' then 'Nobody filled in the form in time.' else 'Nobody decided in time.' end));
    return;
  end if;
  if (select keeps_output from public.steps
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)) then
    perform engine.release_checks(p_step);
    return;
  end if;
  delete from engine.signal_waits
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  returning * into missed;
  if missed.on_timeout = 'fail' then
    perform engine.fail_waiting(p_step, jsonb_build_object('class', 'permanent', 'code', 'wait_expired',
      'message', format('The signal "%s" did not come in time.', missed.name), 'hint', 'Retry to wait for it again.'));
  elsif missed.name is not null then
    perform engine.complete_step(p_step, null, '{"signal": null}');
  else
    perform engine.complete_step(p_step, null, coalesce((
      select output from public.step_payloads
      where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)), '{}'));
  end if;
end $$;

-- 32-61-end-waits.sql

-- Ends waits whose time has come, each as its node says. Returns how many.
create function engine.end_waits()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  due record;
  ended engine.step_ref[];
  total int := 0;
begin
  for due in
    select run.id, array_agg((step.run_id, step.step_key, step.item_path)::engine.step_ref) as steps
    from (
      select run_id, step_key, item_path from public.steps
      where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at and waiting_for ->> 'kind' in ('timer', 'approval', 'form', 'signal')
      order by coalesce(lease_until, due_at) limit 1000
    ) as step join public.runs as run on run.id = step.run_id
    group by run.id order by run.id
  loop
    perform from public.runs where id = due.id for no key update skip locked;
    continue when not found;
    ended := array(
      select (step.run_id, step.step_key, step.item_path)::engine.step_ref
      from unnest(due.steps) join public.steps as step using (run_id, step_key, item_path)
      where step.status = 'waiting' and step.waiting_for ->> 'kind' in ('timer', 'approval', 'form', 'signal') and step.due_at <= at);
    for index in 1 .. cardinality(ended) loop
      perform engine.end_wait(ended[index]);
    end loop;
    perform engine.finish_waits(ended);
    total := total + cardinality(ended);
  end loop;
  return total;
end $$;

-- 32-62-end-overdue-runs.sql

-- Ends runs past their deadline, and cancelled runs whose steps did not stop within ten seconds. Returns how many.
create function engine.end_overdue_runs()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  overdue record;
  total int := 0;
begin
  for overdue in
    select id, cancel_requested_at from public.runs
    where finished_at is null and (
      (deadline_at is not null and deadline_at <= at)
      or (cancel_requested_at is not null and cancel_requested_at <= at - interval '10 s'))
    order by id limit 500 for no key update skip locked
  loop
    if overdue.cancel_requested_at is null then
      update public.runs set error = jsonb_build_object('class', 'permanent', 'code', 'deadline',
        'message', 'The run did not end before its deadline.', 'hint', 'Retry it, or raise the deadline in the workflow''s settings.')
      where id = overdue.id and error is null;
    end if;
    perform engine.cancel_steps(overdue.id, array(
      select (run_id, step_key, item_path)::engine.step_ref from public.steps
      where run_id = overdue.id and status in ('pending', 'ready', 'waiting', 'running')));
    perform engine.settle_runs(array[overdue.id]);
    total := total + 1;
  end loop;
  return total;
end $$;

-- 32-63-end-overdue-steps.sql

-- Fails the steps whose deadline has passed, whether they run or wait: the deadline covers all attempts and waits together, and that of a
-- container all its items or turns, which are cancelled. What an at_most_once step did is not known then, so a person is asked; a step that waits
-- for such a decision already is left to it. Returns how many ended.
create function engine.end_overdue_steps()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  overdue record;
  step engine.step_ref;
  ended engine.step_ref[] := '{}';
  total int := 0;
begin
  for overdue in
    select late.*, plan.effect = 'at_most_once' and late.status = 'running' and late.start_marker_at is not null as unclear
    from (
      select run_id, step_key, item_path from public.steps
      where deadline_at is not null and finished_at is null and deadline_at <= at
        and coalesce(waiting_for ->> 'kind', '') <> 'reconcile'
      order by deadline_at limit 500
    ) as found
    join lateral (select id from public.runs where id = found.run_id for no key update skip locked) as locked on true
    join public.steps as late using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = late.plan_step
    where (late.status in ('ready', 'running', 'waiting') or (late.status = 'pending' and late.role = 'collect')) and late.deadline_at <= at
    order by run_id, cardinality(item_path), late.role is distinct from 'collect', step_key, item_path
  loop
    step := (overdue.run_id, overdue.step_key, overdue.item_path)::engine.step_ref;
    -- It may have gone with the container around it.
    continue when not exists (
      select from public.steps where (run_id, step_key, item_path) = (step.run_id, step.step_key, step.item_path) and finished_at is null);
    if overdue.role = 'collect' then
      perform engine.stop_body(step);
    else
      perform engine.stop_step(step);
    end if;
    if overdue.unclear then
      perform engine.ask_reconcile(step, 'Its deadline passed while it was under way.');
      perform engine.settle_runs(array[overdue.run_id]);
    else
      perform engine.fail_waiting(step, jsonb_build_object('class', 'permanent', 'code', 'deadline',
        'message', case
          when overdue.role is distinct from 'collect' then 'The step did not end before its deadline, which covers all its attempts and waits.'
          when overdue.kind = 'repeat' then format('It was in turn %s when its deadline passed, which covers all turns.', overdue.items_total)
          else format('%s of %s items had ended when its deadline passed, which covers all items.', overdue.items_done, overdue.items_total) end,
        'hint', 'Retry it, or raise the deadline in the node''s settings.'));
      ended := ended || step;
    end if;
    total := total + 1;
  end loop;
  perform engine.finish_waits(ended);
  return total;
end $$;

-- 32-64-let-go.sql

-- Lets up to `p_most` steps that wait for a host go: now, when one is wanted as a probe, else one every hundredth of a second behind those
-- before. Takes those first that have tried least. Nothing is said to anybody: they wait on, and start before they were said to at the latest.
-- Returns up to when places are given; null when none was waiting.
create function engine.let_go(p_breaker engine.breakers, p_most int)
returns timestamptz language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  given constant timestamptz := greatest(p_breaker.placed_until, at);
  waits constant text := 'host:' || p_breaker.host;
  chosen engine.step_ref[];
  locked uuid[];
begin
  -- Those that were given a place are due by then.
  chosen := array(
    select (run_id, step_key, item_path)::engine.step_ref from (
      select * from public.steps
      where workspace_id = p_breaker.workspace_id and waiting_for ->> 'kind' = 'limit' and waiting_for ->> 'ref' = waits and due_at > given
      limit 1000
    ) as step order by tries, priority, rank, item_path limit p_most);
  if cardinality(chosen) = 0 then
    return null;
  end if;
  -- Run first, then steps; a run that somebody holds is left to the next time.
  locked := array(
    select id from public.runs where id in (select run_id from unnest(chosen)) and finished_at is null order by id for no key update skip locked);
  update public.steps as step set due_at = placed.due_at
  from (
    select one.*, case when p_breaker.opened_at is null then given + place * interval '10 ms' else at end as due_at
    from unnest(chosen) with ordinality as one (run_id, step_key, item_path, place)
  ) as placed
  where (step.run_id, step.step_key, step.item_path) = (placed.run_id, placed.step_key, placed.item_path) and step.run_id = any (locked)
    and step.status = 'waiting' and step.waiting_for ->> 'ref' = waits;
  return given + cardinality(chosen) * interval '10 ms';
end $$;

-- 32-65-tend-breakers.sql

-- Looks after breakers whose time has come: lets a waiting step go as a probe, lets those go that wait for a host that answers again, and
-- forgets hosts that have not failed for a minute. Called by the sweep and when a probe was answered.
create function engine.tend_breakers()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  breaker engine.breakers;
  placed timestamptz;
begin
  for breaker in
    select * from engine.breakers where tend_at <= at order by workspace_id, host limit 100 for update skip locked
  loop
    if breaker.probe_at > at then
      update engine.breakers set tend_at = probe_at where (workspace_id, host) = (breaker.workspace_id, breaker.host);
      continue;
    end if;
    placed := engine.let_go(breaker, case when breaker.opened_at is null then 1000 else 1 end);
    if placed is null and (
      (breaker.opened_at is null and breaker.counted_from < at - interval '1 min')
      -- Nobody has asked for it since.
      or breaker.probe_at < at - interval '10 min'
    ) then
      delete from engine.breakers where (workspace_id, host) = (breaker.workspace_id, breaker.host);
      continue;
    end if;
    -- Steps that were told to wait may come in for some seconds after it closed.
    update engine.breakers
    set placed_until = case when opened_at is null then coalesce(placed, placed_until) else placed_until end,
      tend_at = at + case when placed is not null or (opened_at is null and closed_at > at - interval '15 s') then interval '1 s'
        when opened_at is null then interval '1 min' else interval '10 s' end
    where (workspace_id, host) = (breaker.workspace_id, breaker.host);
  end loop;
end $$;

-- 32-70-fold-rollups.sql

-- Adds up to 2,000 starts and ends to the rollups and totals; called by the sweep once the oldest waits for two seconds, and by tests with
-- no wait. One at a time: another sweep leaves it be. Attempts are counted by when they ended, so a resume in between changes nothing.
create function engine.fold_rollups(p_wait interval default '2 s')
returns int language plpgsql set search_path = ''
as $$
declare
  oldest timestamptz;
  deltas engine.rollup_deltas[];
begin
  select at into oldest from engine.rollup_deltas limit 1;
  if oldest is null or oldest > engine.now() - p_wait or not pg_try_advisory_xact_lock(hashtextextended('engine.fold_rollups', 0)) then
    return 0;
  end if;
  with taken as (
    delete from engine.rollup_deltas where ctid = any (array(select ctid from engine.rollup_deltas limit 2000)) returning rollup_deltas
  )
  select array_agg(taken.rollup_deltas) into deltas from taken;
  -- A sweep that folded at the same time left nothing.
  if deltas is null then
    return 0;
  end if;
  perform engine.add_to_rollups(deltas);
  perform engine.add_to_totals(deltas);
  return cardinality(deltas);
end $$;

-- 32-71-add-to-rollups.sql

-- Adds starts and ends to the rows of their hours.
create function engine.add_to_rollups(p_deltas engine.rollup_deltas[])
returns void language plpgsql set search_path = ''
as $$
declare
  bounds constant bigint[] := '{0,101,301,1001,3001,10001,30001,60001,300001,1800001,3600001,21600001}';
begin
  insert into public.rollups as rollup (
    workspace_id, workflow_id, lane, hour, started, succeeded, failed, cancelled, resumed, queued_ms, duration_ms, duration_buckets,
    attempts_succeeded, attempts_failed, attempts_lost, attempts_other, tokens_in, tokens_out, cost_usd)
  select workspace_id, workflow_id, lane, hour, coalesce(sum(sign) filter (where ended is null), 0),
    coalesce(sum(sign) filter (where ended = 'succeeded'), 0), coalesce(sum(sign) filter (where ended = 'failed'), 0),
    coalesce(sum(sign) filter (where ended = 'cancelled'), 0), coalesce(sum(sign) filter (where ended is not null and retry_count > 0), 0),
    coalesce(sum(sign * queued), 0), coalesce(sum(sign * duration), 0),
    engine.count_buckets(array_agg(bucket), array_agg(sign)),
    sum(sign * tried.succeeded), sum(sign * tried.failed), sum(sign * tried.lost), sum(sign * tried.other),
    coalesce(sum(sign * (usage ->> 'tokensIn')::bigint), 0), coalesce(sum(sign * (usage ->> 'tokensOut')::bigint), 0),
    coalesce(sum(sign * (usage ->> 'costUsd')::numeric), 0)
  from (
    select delta.*, date_trunc('hour', at, 'UTC') as hour,
      case when ended is not null then greatest(0, extract(epoch from coalesce(started_at, at) - created_at) * 1000)::bigint end as queued,
      case when ended is not null then greatest(0, extract(epoch from at - coalesce(started_at, at)) * 1000)::bigint end as duration
    from unnest(p_deltas) as delta
  ) as timed
  cross join lateral (select width_bucket(duration, bounds) as bucket) as placed
  cross join lateral (
    select count(*) filter (where outcome = 'succeeded') as succeeded, count(*) filter (where outcome = 'failed') as failed,
      count(*) filter (where outcome = 'lost') as lost, count(*) filter (where outcome not in ('succeeded', 'failed', 'lost')) as other
    from public.attempts as attempt
    where ended is not null and attempt.run_id = timed.run_id and attempt.finished_at <= timed.at
  ) as tried
  where exists (select from public.workflows where id = workflow_id)
  group by workspace_id, workflow_id, lane, hour
  order by workspace_id, hour, workflow_id, lane
  on conflict (workspace_id, hour, workflow_id, lane) do update set
    started = rollup.started + excluded.started, succeeded = rollup.succeeded + excluded.succeeded,
    failed = rollup.failed + excluded.failed, cancelled = rollup.cancelled + excluded.cancelled,
    resumed = rollup.resumed + excluded.resumed, queued_ms = rollup.queued_ms + excluded.queued_ms,
    duration_ms = rollup.duration_ms + excluded.duration_ms,
    duration_buckets = array(
      select coalesce(old, 0) + coalesce(new, 0)
      from unnest(rollup.duration_buckets, excluded.duration_buckets) with ordinality as bucket (old, new, place) order by place),
    attempts_succeeded = rollup.attempts_succeeded + excluded.attempts_succeeded,
    attempts_failed = rollup.attempts_failed + excluded.attempts_failed, attempts_lost = rollup.attempts_lost + excluded.attempts_lost,
    attempts_other = rollup.attempts_other + excluded.attempts_other, tokens_in = rollup.tokens_in + excluded.tokens_in,
    tokens_out = rollup.tokens_out + excluded.tokens_out, cost_usd = rollup.cost_usd + excluded.cost_usd;
end $$;

-- 32-71-count-buckets.sql

-- Sums signs by bucket: the twelve counts of rollups.duration_buckets. A null bucket (a start) counts nowhere.
create function engine.count_buckets(p_buckets int[], p_signs smallint[])
returns int[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(
    select coalesce(sum(one.sign) filter (where one.bucket = place), 0)::int
    from generate_series(1, 12) as place cross join unnest(p_buckets, p_signs) as one (bucket, sign)
    group by place order by place);
end $$;

-- 32-72-add-to-totals.sql

-- Adds ends of runs and the attempts since their last resume to the installation's totals, which never fall: what a resume undid counts
-- there all the same.
create function engine.add_to_totals(p_deltas engine.rollup_deltas[])
returns void language plpgsql set search_path = ''
as $$
declare
  -- Each one above the bound of its bucket: what equals a bound is still below it.
  bounds constant bigint[] := '{6,11,26,51,101,251,501,1001,2501,5001,10001,30001,60001}';
begin
  insert into engine.totals as total (name, value)
  with ended as (
    select delta.run_id, delta.ended, delta.at, delta.retry_count, case when delta.retry_count > 0 then (
        select max(event.at) from public.run_events as event
        where event.run_id = delta.run_id and event.kind = 'run.retried' and event.at <= delta.at
      ) end as resumed_at
    from unnest(p_deltas) as delta where delta.sign = 1 and delta.ended is not null
  ), tried as (
    -- Few groups instead of every attempt under every bound.
    select attempt.outcome, width_bucket(attempt.queued_ms, bounds) as bucket, count(*) as n, sum(attempt.queued_ms) as queued
    from ended join public.attempts as attempt on attempt.run_id = ended.run_id and attempt.finished_at <= ended.at
      and (ended.resumed_at is null or attempt.finished_at > ended.resumed_at)
    where attempt.outcome is not null group by attempt.outcome, bucket
  )
  select 'runs.' || ended, count(*) from ended group by ended
  union all
  select 'resumes', count(*) from ended where retry_count > 0 having count(*) > 0
  union all
  select 'attempts.' || outcome, sum(n) from tried group by outcome
  union all
  select 'claim_ms.sum', coalesce(sum(queued), 0) from tried
  union all
  select 'claim_ms.count', coalesce(sum(n), 0) from tried
  union all
  select 'claim_ms.le_' || bound - 1, sum(n) from unnest(bounds) with ordinality as bucket_end (bound, place)
  join tried on tried.bucket < place group by bound
  order by 1
  on conflict (name) do update set value = total.value + excluded.value;
end $$;

-- 32-80-do-chores.sql

-- Does the chores that are due, each at its own pace; called by the sweep. Another sweep's chore is left alone.
create function engine.do_chores()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  chore text;
  wait interval;
  began timestamptz;
begin
  if not exists (select from engine.chores where due_at <= at and name <> 'sweep') then
    return;
  end if;
  for chore in select name from engine.chores where due_at <= at and name <> 'sweep' order by name for update skip locked loop
    began := clock_timestamp();
    case chore
      when 'partitions' then
        perform engine.make_event_partitions();
        perform engine.drop_event_partitions();
        wait := '1 hour';
      when 'retain' then
        -- A full slice means that more is left.
        wait := case when engine.retain(200) < 200 then interval '1 hour' else interval '2 s' end;
    end case;
    update engine.chores set due_at = at + wait, took_ms = extract(epoch from clock_timestamp() - began) * 1000 where name = chore;
  end loop;
end $$;

-- 32-81-runs-past-retention.sql

-- Ended runs older than their workflow's `retentionDays`, oldest first per version, at most `p_limit`. A run stays while another one leans on
-- what it stored: a retry that reuses its outputs, or the parent that took its output over.
create function engine.runs_past_retention(p_limit int)
returns uuid[] language plpgsql stable set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  return array(
    select old.id
    from public.versions as version
    cross join lateral (
      select at - make_interval(days => coalesce((version.plan -> 'settings' ->> 'retentionDays')::int, 90)) as before
    ) as kept
    cross join lateral (
      select run.id from public.runs as run
      where (run.workflow_id, run.version) = (version.workflow_id, version.n)
        and run.created_at < kept.before and run.finished_at < kept.before
        and not exists (select from public.runs as retry where retry.retry_of = run.id)
        and not exists (select from public.runs as parent where parent.id = run.parent_run_id)
      order by run.created_at limit p_limit
    ) as old
    limit p_limit);
end $$;

-- 32-82-retain.sql

-- Removes a slice of runs past their retention with all that hangs off them, and notes their files for removal. Open runs are never among
-- them. Returns how many; called by the sweep, and by operators who want to wait less.
create function engine.retain(p_limit int default 200)
returns int language plpgsql security definer set search_path = ''
as $$
declare
  old uuid[] := engine.runs_past_retention(p_limit);
  removed int;
begin
  -- A resume in the meantime holds the run or has opened it again.
  old := array(
    select id from public.runs where id = any (old) and finished_at is not null order by id for update skip locked);
  if cardinality(old) = 0 then
    return 0;
  end if;
  if to_regclass('storage.objects') is not null then
    insert into engine.file_removals (path, due_at)
    select object.name, engine.now() from public.runs as run
    join storage.objects as object on object.bucket_id = 'runs'
      and object.name >= run.workspace_id || '/' || run.id || '/' and object.name < run.workspace_id || '/' || run.id || '0'
    where run.id = any (old)
    on conflict do nothing;
  end if;
  delete from public.runs where id = any (old);
  get diagnostics removed = row_count;
  return removed;
end $$;

-- 32-83-drop-event-partitions.sql

-- Drops the weekly partitions of run_events that are over and that retention has emptied. Waits half a second for the lock and else leaves
-- it to the next time. Returns how many.
create function engine.drop_event_partitions()
returns int language plpgsql set search_path = ''
  set lock_timeout = '500ms'
as $$
declare
  this_week constant text := 'run_events_' || to_char(date_trunc('week', engine.now(), 'UTC') at time zone 'UTC', 'YYYY_MM_DD');
  partition_name name;
  has_rows boolean;
  dropped int := 0;
begin
  for partition_name in
    select relname from pg_class join pg_inherits on inhrelid = oid
    where inhparent = 'public.run_events'::regclass and relname ~ '^run_events_\d{4}_\d\d_\d\d$' and relname < this_week
    order by relname
  loop
    execute format('select exists (select from engine.%I)', partition_name) into has_rows;
    continue when has_rows;
    execute format('drop table engine.%I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
exception when lock_not_available then
  return 0;
end $$;

-- 32-84-file-removals.sql

-- Gives a worker up to `p_limit` files to delete; unless it says they are gone, they come up again a minute later.
create function engine.take_file_removals(p_limit int)
returns text[] language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  taken text[];
begin
  with due as (
    select path from engine.file_removals where due_at <= at order by due_at limit p_limit for update skip locked
  ), later as (
    update engine.file_removals set due_at = at + interval '1 minute' where path in (select path from due) returning path
  )
  select array_agg(path) into taken from later;
  return coalesce(taken, '{}');
end $$;

-- 32-85-files-removed.sql

-- Forgets files that a worker has deleted.
create function engine.files_removed(p_paths text[])
returns int language plpgsql security definer set search_path = ''
as $$
declare
  forgotten int;
begin
  delete from engine.file_removals where path = any (p_paths);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

-- 32-86-note-sweep.sql

-- Notes how long a sweep took, at most every five seconds. Called last by the sweep with the time it began.
create function engine.note_sweep(p_began timestamptz)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  if exists (select from engine.chores where name = 'sweep' and due_at <= at) then
    update engine.chores set due_at = at + interval '5 s', took_ms = extract(epoch from at - p_began) * 1000
    where name = (select name from engine.chores where name = 'sweep' and due_at <= at for update skip locked);
  end if;
end $$;

-- 32-90-metrics.sql

-- The figures of `/metrics`. Everything is read from small tables or from at most so many entries of an index over what is open, so that the
-- answer costs the same however many runs have ended.
create function engine.metrics()
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  most constant int := 20000;
  answer jsonb;
begin
  select jsonb_build_object(
    'runs', (
      select coalesce(jsonb_agg(jsonb_build_object('lane', lane, 'status', status, 'n', n)), '[]')
      from (
        select lane, status, count(*) as n
        from (select lane, status from public.runs where finished_at is null limit most) as open group by lane, status order by lane, status
      ) as counted),
    'waits', (
      select coalesce(jsonb_object_agg(kind, n), '{}')
      from (
        select kind, count(*) as n
        from (select waiting_for ->> 'kind' as kind from public.steps where waiting_for is not null limit most) as waiting group by kind
      ) as counted),
    'ready', (
      select jsonb_build_object('n', count(*), 'oldestMs', coalesce(extract(epoch from at - min(due_at)) * 1000, 0))
      from (select due_at from public.steps where status = 'ready' limit most) as ready),
    'running', (select count(*) from (select from public.steps where lease_until is not null limit most) as running),
    'workers', (
      select jsonb_build_object('alive', count(*) filter (where vanished_at is null), 'asleep', count(*) filter (where sleeping and not at_work))
      from engine.workers where seen_at > at - interval '1 hour' or pid is not null),
    'totals', (select coalesce(jsonb_object_agg(name, value), '{}') from engine.totals),
    'rejections', coalesce((select max(id) from engine.rejections), 0),
    'deliveries', (select count(*) from (select from engine.deliveries limit most) as pending),
    'breakers', (select count(*) from engine.breakers where opened_at is not null),
    'removals', (select count(*) from (select from engine.file_removals limit most) as pending),
    'chores', (select jsonb_object_agg(name, took_ms) from engine.chores),
    'partitions', (
      select jsonb_build_object('n', count(*), 'ahead', count(*) filter (
        where relname > 'run_events_' || to_char(date_trunc('week', at, 'UTC') at time zone 'UTC', 'YYYY_MM_DD')))
      from pg_class join pg_inherits on inhrelid = oid
      where inhparent = 'public.run_events'::regclass and relname ~ '^run_events_\d{4}_\d\d_\d\d$'),
    'databaseBytes', pg_database_size(current_database())
  ) into answer;
  return answer;
end $$;

-- 33-09-check-asked.sql

-- Refuses an answer from somebody the question does not ask: people it names, or members with one of its roles.
create function engine.check_asked(p_question public.approvals, p_actor uuid)
returns void language plpgsql set search_path = ''
as $$
declare
  least_role text;
begin
  if coalesce(p_question.approvers -> 'users' ? p_actor::text, false) then
    return;
  end if;
  select role into least_role from jsonb_array_elements_text(p_question.approvers -> 'roles') as asked (role)
  order by engine.role_rank(role) limit 1;
  if least_role is null then
    perform engine.raise('RB403', 'This question is for other people.', 'Ask one of those it names.');
  end if;
  perform engine.require_role(p_question.workspace_id, least_role, 'question', p_actor);
end $$;

-- 33-10-check-verdict.sql

-- Refuses a verdict the question does not offer, from somebody it does not ask, or with a payload it does not let people edit.
create function engine.check_verdict(p_question public.approvals, p_actor uuid, p_verdict text, p_payload jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  offered constant text[] := case p_question.purpose
    when 'reconcile' then array['do_it_again', 'treat_as_done', 'fail'] else array['approved', 'rejected'] end;
begin
  perform engine.check_asked(p_question, p_actor);
  if p_question.purpose = 'form' then
    perform engine.raise('RB422', 'This is a form, so it is not decided.', 'Fill it in with submit_form.');
  end if;
  if p_verdict is null or p_verdict <> all (offered) then
    perform engine.raise(
      'RB422', format('"%s" is no answer to this question.', coalesce(p_verdict, '')), 'Answers: ' || array_to_string(offered, ', ') || '.');
  end if;
  if p_question.purpose in ('approval', 'verifier') and p_payload is not null and p_question.editable is null
    and p_payload is distinct from p_question.payload then
    perform engine.raise('RB422', 'The data of this question cannot be edited.', 'Decide without changing it.');
  end if;
  if p_question.purpose = 'approval' and p_payload is not null and p_question.editable is not null then
    perform engine.check_input(p_question.editable, p_payload);
  end if;
end $$;

-- 33-11-apply-reconcile.sql

-- Carries out what a person decided about a step of unknown outcome: it runs again, counts as done with the given output, or fails.
create function engine.apply_reconcile(p_step engine.step_ref, p_verdict text, p_output jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  if p_verdict = 'do_it_again' then
    update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now(), error = null,
      start_marker_at = null, tries = 0
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
    perform engine.settle_runs(array[p_step.run_id]);
    perform engine.wake_workers();
  elsif p_verdict = 'treat_as_done' then
    perform engine.complete_step(p_step, null, coalesce(p_output, '{}'));
    perform engine.finish_waits(array[p_step]);
  else
    perform engine.fail_waiting(p_step, jsonb_build_object('class', 'permanent', 'code', 'reconciled_as_failed',
      'message', 'A person decided that this step did not happen.'));
    perform engine.finish_waits(array[p_step]);
  end if;
end $$;

-- 33-12-check-value.sql

-- Refuses a value that does not fit a JSON Schema, naming the field: types, required and unknown fields, choices, sizes and bounds; other
-- words of the schema are for the form that shows it. Called by submit_form.
create function engine.check_value(p_schema jsonb, p_value jsonb, p_path text)
returns void language plpgsql set search_path = ''
as $$
declare
  wanted constant jsonb := case jsonb_typeof(p_schema -> 'type') when 'array' then p_schema -> 'type'
    when 'string' then jsonb_build_array(p_schema -> 'type') end;
  actual constant text := jsonb_typeof(p_value);
  size constant numeric := case actual when 'string' then length(p_value #>> '{}') when 'array' then jsonb_array_length(p_value) end;
  what constant text := case when p_path = '' then 'The form' else format('"%s"', p_path) end;
  wrong text;
  part record;
begin
  if jsonb_typeof(p_schema) <> 'object' then
    return;
  end if;
  wrong := case
    when wanted is not null and not wanted ? actual and not (wanted ? 'integer' and actual = 'number' and mod((p_value #>> '{}')::numeric, 1) = 0)
      then format('must be %s, not %s', (select string_agg(one, ' or ') from jsonb_array_elements_text(wanted) as one), actual)
    when jsonb_typeof(p_schema -> 'enum') = 'array' and not exists (select from jsonb_array_elements(p_schema -> 'enum') as one where one = p_value)
      then 'must be one of: ' || (select string_agg(one, ', ') from jsonb_array_elements_text(p_schema -> 'enum') as one)
    when p_schema ? 'const' and p_value <> p_schema -> 'const' then 'must be ' || (p_schema ->> 'const')
    when actual = 'number' and (p_value #>> '{}')::numeric < (p_schema ->> 'minimum')::numeric then 'must be at least ' || (p_schema ->> 'minimum')
    when actual = 'number' and (p_value #>> '{}')::numeric > (p_schema ->> 'maximum')::numeric then 'must be at most ' || (p_schema ->> 'maximum')
    when size < (p_schema ->> case actual when 'string' then 'minLength' else 'minItems' end)::numeric then 'is too short'
    when size > (p_schema ->> case actual when 'string' then 'maxLength' else 'maxItems' end)::numeric then 'is too long'
    when actual = 'object' and p_schema -> 'additionalProperties' = 'false' then (
      select format('has no field "%s"', key) from jsonb_object_keys(p_value) as key
      where not coalesce(p_schema -> 'properties', '{}') ? key limit 1)
  end;
  if wrong is not null then
    perform engine.raise('RB422', format('%s %s.', what, wrong), 'Correct it and send the form again.', p_path);
  end if;
  if actual = 'object' then
    for part in select name from jsonb_array_elements_text(coalesce(p_schema -> 'required', '[]')) as asked (name) where not p_value ? name loop
      perform engine.raise('RB422', format('"%s" is missing.', ltrim(p_path || '.' || part.name, '.')), 'Fill it in and send the form again.',
        ltrim(p_path || '.' || part.name, '.'));
    end loop;
    for part in select key, schema from jsonb_each(coalesce(p_schema -> 'properties', '{}')) as property (key, schema) where p_value ? key loop
      perform engine.check_value(part.schema, p_value -> part.key, ltrim(p_path || '.' || part.key, '.'));
    end loop;
  elsif actual = 'array' and p_schema ? 'items' then
    for part in select value, place from jsonb_array_elements(p_value) with ordinality as item (value, place) loop
      perform engine.check_value(p_schema -> 'items', part.value, format('%s[%s]', p_path, part.place - 1));
    end loop;
  end if;
end $$;

-- 33-13-check-signal.sql

-- Refuses a signal without a name, or with a payload over 64 KB.
create function engine.check_signal(p_name text, p_payload jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  if coalesce(p_name, '') !~ '^[a-z][a-z0-9_.-]{0,62}$' then
    perform engine.raise('RB422', format('"%s" is not the name of a signal.', coalesce(p_name, '')),
      'Names start with a letter and hold lower-case letters, digits, dots, dashes and underscores.');
  end if;
  if octet_length(p_payload::text) > 65536 then
    perform engine.raise('RB413', 'The signal''s payload is larger than 64 KB.', 'Send a reference to the data instead.');
  end if;
end $$;

-- 33-13-signal-names.sql

-- The names of the signals a version's steps wait for.
create function engine.signal_names(p_workflow uuid, p_version int)
returns text[] language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select distinct definition -> 'config' ->> 'name' from engine.plan_steps
    where (workflow_id, version) = (p_workflow, p_version) and kind = 'signal-wait' order by 1);
end $$;

-- 33-20-steps-to-resume.sql

-- What a resume of a run repeats: uncaught failures and everything that was cancelled, with all they held back. `again` says how: retried,
-- reset (waits for what it depends on), or asked (nobody knows whether it happened). Failures their workflow caught stay as they are.
create function engine.steps_to_resume(p_run uuid)
returns table (step_key text, item_path int[], again text) language plpgsql stable set search_path = ''
  set enable_hashjoin = on
as $$
begin
  return query
  with recursive repeated as (
    select step.step_key, step.item_path, step.plan_step, step.status, step.role
    from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
    where step.run_id = p_run and step.item_path = '{}'
      and (step.status = 'cancelled' or (step.status = 'failed' and plan.on_failure = 'fail_run'
        -- A split fails through its collector, which says whether that was caught.
        and step.role is distinct from 'split')
        or (step.status = 'failed' and step.role = 'split' and exists (
          select from public.steps as map join engine.plan_steps as map_plan on map_plan.id = map.plan_step
          where (map.run_id, map.step_key, map.item_path) = (p_run, plan.collector, step.item_path)
            and map.status in ('failed', 'cancelled') and map_plan.on_failure = 'fail_run')))
    union
    select step.step_key, step.item_path, step.plan_step, step.status, step.role
    from repeated
    join engine.plan_steps as plan on plan.id = repeated.plan_step
    -- Each way by keys: what lies under a path is a range of paths.
    cross join lateral (
      -- The uncaught failures and cancelled steps of a body whose map runs again.
      select body.* from engine.plan_steps as next
      join public.steps as body on body.run_id = p_run and body.step_key = next.step_key
        and body.item_path >= repeated.item_path and body.item_path <= repeated.item_path || 2147483647
      where repeated.role = 'collect' and (next.workflow_id, next.version, next.within) = (plan.workflow_id, plan.version, plan.step_key)
        and (body.status = 'cancelled' or (body.status = 'failed' and next.on_failure = 'fail_run'))
      union all
      -- What depended on it and came to nothing.
      select dependent.* from engine.plan_deps as edge
      join public.steps as dependent on dependent.run_id = p_run and dependent.step_key = edge.dependent_key
        and dependent.item_path >= repeated.item_path and dependent.item_path <= repeated.item_path || 2147483647
      where edge.upstream = repeated.plan_step and dependent.status in ('skipped', 'failed')
        and dependent.item_path[1:edge.upstream_depth] = repeated.item_path
    ) as step
  ), held as (
    -- What waits for something else that is repeated.
    select distinct behind.step_key, behind.item_path
    from repeated as behind
    join engine.plan_deps as edge on edge.dependent = behind.plan_step
    join repeated as upstream on upstream.plan_step = edge.upstream and upstream.item_path = behind.item_path[1:edge.upstream_depth]
  )
  select repeated.step_key, repeated.item_path, case
    when repeated.status = 'cancelled' and step.error ->> 'code' = 'outcome_unknown' then 'asked'
    when repeated.status = 'failed' and repeated.role is distinct from 'collect' and step.dead_deps = 0 and held.step_key is null then 'retried'
    else 'reset'
  end
  from repeated join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, repeated.step_key, repeated.item_path)
  left join held on (held.step_key, held.item_path) = (repeated.step_key, repeated.item_path);
end $$;

-- 33-21-resume-run.sql

-- Resumes a locked, ended run in place: succeeded steps stay, failed ones are ready again with a fresh budget, what they held back waits for
-- them with its dependencies counted anew.
create function engine.resume_run(p_run uuid)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  again engine.moved[];
  asked engine.step_ref;
  decided engine.token[];
  ended engine.step_ref[] := '{}';
begin
  again := array(
    select (p_run, step_key, item_path, todo.again)::engine.moved from engine.steps_to_resume(p_run) as todo);
  update public.runs as run set status = 'queued', last_move = 'run.retried', retry_count = retry_count + 1, error = null,
    cancel_requested_at = null, cancelled_by = null, paused_at = null, paused_by = null, finished_at = null,
    deadline_at = at + make_interval(secs => (version.plan -> 'settings' ->> 'deadlineMs')::double precision / 1000)
  from public.versions as version
  where run.id = p_run and (version.workflow_id, version.n) = (run.workflow_id, run.version);

  update public.steps as step set
    status = case again.status when 'retried' then 'ready' else 'pending' end,
    last_move = case again.status when 'retried' then 'step.retried' else 'step.reset' end,
    due_at = case again.status when 'retried' then at end, tries = 0, crashes = 0, error = null, finished_at = null, port = null,
    verification = 'none', start_marker_at = null,
    deadline_at = null
  from unnest(again) as again
  where again.status <> 'asked' and (step.run_id, step.step_key, step.item_path) = (p_run, again.step_key, again.item_path);
  for asked in select run_id, step_key, item_path from unnest(again) where status = 'asked' loop
    perform engine.ask_reconcile(asked, 'The run ended while it was under way.');
  end loop;
  update public.steps as step set
    remaining_deps = counted.remaining, dead_deps = counted.dead, items_done = counted.items_done, items_failed = 0
  from engine.recount(again) as counted
  where (step.run_id, step.step_key, step.item_path) = (p_run, counted.step_key, counted.item_path);

  -- Those whose dependencies have all ended, or enough of them; most wait for what was retried.
  decided := array(
    select (step.run_id, step.step_key, step.item_path, 0, 0)::engine.token
    from unnest(again) as again join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where again.status = 'reset'
      and engine.verdict_of(step.role, plan.join_mode, plan.total_deps, step.remaining_deps, step.dead_deps) <> 'pending');
  if cardinality(decided) > 0 then
    ended := engine.skipped_of(engine.give_tokens(decided, null, 0, null));
  end if;
  perform engine.advance(ended || engine.reopen_maps(again), null, 0, null);
  perform engine.settle_runs(array[p_run]);
  perform engine.wake_workers();
end $$;

-- 33-22-recount.sql

-- Counts the dependencies of pending steps from what the others are now; for collectors also their ended items. Of `p_again`, those that were
-- `reset` by the resume of one run.
create function engine.recount(p_again engine.moved[])
returns table (step_key text, item_path int[], remaining int, dead int, items_done int) language plpgsql stable set search_path = ''
as $$
begin
  return query
  select again.step_key, again.item_path,
    plan.total_deps - coalesce(ended.all_of, 0) - (plan.within is not null and plan.join_mode = 'all' and coalesce((
      select map.items_started > again.item_path[cardinality(again.item_path)] from public.steps as map
      where (map.run_id, map.step_key, map.item_path)
        = (again.run_id, plan.within, again.item_path[1:cardinality(again.item_path) - 1])), false))::int,
    coalesce(ended.dead, 0),
    case when plan.role = 'collect' then (
      select count(*)::int from public.steps as item
      where item.run_id = again.run_id and item.step_key in (again.step_key || '__item', again.step_key || '__turn')
        and item.item_path[1:cardinality(again.item_path)] = again.item_path and item.status in ('succeeded', 'failed', 'skipped')) else 0 end
  from unnest(p_again) as again
  join public.steps as step using (run_id, step_key, item_path)
  join engine.plan_steps as plan on plan.id = step.plan_step
  left join lateral (
    select count(met.is_met)::int as all_of, count(*) filter (where not met.is_met)::int as dead
    from engine.plan_deps as edge
    join engine.plan_steps as source on source.id = edge.upstream
    join public.steps as upstream on (upstream.run_id, upstream.step_key, upstream.item_path)
      = (again.run_id, source.step_key, again.item_path[1:edge.upstream_depth])
    cross join lateral (select case edge.wanted
        when 'failed' then upstream.status = 'failed'
        when 'finished' then upstream.status in ('succeeded', 'failed')
        else upstream.status = 'succeeded' and (edge.port is null or edge.port is not distinct from upstream.port)
      end as is_met) as met
    where edge.dependent = plan.id and upstream.status in ('succeeded', 'failed', 'skipped', 'cancelled')
  ) as ended on true
  where again.status = 'reset';
end $$;

-- 33-23-reopen-maps.sql

-- Gives the maps of a resumed run what the run's end kept from them: bodies that were never inserted, and an end if nothing is left to do.
-- Their deadlines count anew. Returns the collectors that ended.
create function engine.reopen_maps(p_again engine.moved[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  maps engine.step_ref[];
  ended engine.step_ref[];
begin
  maps := array(
    select (map.run_id, map.step_key, map.item_path)::engine.step_ref
    from unnest(p_again) join public.steps as map using (run_id, step_key, item_path)
    where map.role = 'collect' and map.status = 'pending');
  if cardinality(maps) = 0 then
    return '{}';
  end if;
  ended := engine.open_maps(array(
    select (map.run_id, map.step_key || '__split', map.item_path)::engine.step_ref
    from unnest(maps) join public.steps as map using (run_id, step_key, item_path)
    where map.items_total is null));
  update public.steps as map set deadline_at = engine.now() + plan.deadline_ms * interval '1 ms'
  from unnest(maps) as again join engine.plan_steps as plan on plan.deadline_ms is not null
  where (map.run_id, map.step_key, map.item_path) = (again.run_id, again.step_key, again.item_path) and map.plan_step = plan.id
    and map.status = 'pending' and map.items_total is not null;
  -- The turn that a repeat's last one would have started.
  perform engine.open_turns(array(
    select (cycle.run_id, cycle.step_key || '__turn', cycle.item_path || cycle.items_total - 1)::engine.step_ref
    from unnest(maps) join public.steps as cycle using (run_id, step_key, item_path)
    where cycle.kind = 'repeat' and cycle.items_total is not null));
  return ended || engine.settle_collectors(maps);
end $$;

-- 33-26-misfit.sql

-- Why a JSON value does not satisfy a JSON Schema, as `path: reason`; null when it does, and `?` when that cannot be told here, because a
-- part of the value is stored as a file. Knows type, enum, const, allOf, anyOf, oneOf, references into the schema, and the bounds and parts
-- of objects, lists, texts and numbers; other keywords (pattern, format, not, …) are ignored. The root is for references.
create function engine.misfit(p_schema jsonb, p_value jsonb, p_path text default '', p_root jsonb default null, p_depth int default 0)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  root constant jsonb := coalesce(p_root, p_schema);
  place constant text := case p_path when '' then 'the value' else p_path end;
  wanted jsonb;
  kind text;
  said text;
  all_said text[] := '{}';
begin
  if p_schema = 'false' then
    return place || ': nothing is allowed here';
  elsif jsonb_typeof(p_schema) <> 'object' or p_schema = '{}' or p_depth > 100 then
    return null;
  elsif jsonb_typeof(p_value) = 'object' and p_value ? '$blob' then
    return case when p_schema - array['title', 'description', 'x-labels', '$schema', 'default', 'examples'] <> '{}' then '?' end;
  end if;
  if p_schema ? '$ref' then
    all_said := all_said || engine.misfit(
      coalesce(root #> string_to_array(nullif(ltrim(p_schema ->> '$ref', '#/'), ''), '/'), case p_schema ->> '$ref' when '#' then root else '{}' end),
      p_value, p_path, root, p_depth + 1);
  end if;
  wanted := case jsonb_typeof(p_schema -> 'type') when 'string' then jsonb_build_array(p_schema -> 'type') when 'array' then p_schema -> 'type' end;
  if wanted is not null and not wanted ? jsonb_typeof(p_value)
    and not (wanted ? 'integer' and jsonb_typeof(p_value) = 'number' and mod((p_value #>> '{}')::numeric, 1) = 0) then
    return format('%s: is of type %s, not %s', place, jsonb_typeof(p_value),
      array_to_string(array(select jsonb_array_elements_text(wanted)), ' or '));
  end if;
  if jsonb_typeof(p_schema -> 'enum') = 'array' and not exists (
    select from jsonb_array_elements(p_schema -> 'enum') as allowed (value) where allowed.value = p_value) then
    return format('%s: is none of the allowed values', place);
  elsif p_schema ? 'const' and p_schema -> 'const' <> p_value then
    return format('%s: is not the one allowed value', place);
  end if;
  if jsonb_typeof(p_schema -> 'allOf') = 'array' then
    all_said := all_said || array(
      select engine.misfit(part, p_value, p_path, root, p_depth + 1) from jsonb_array_elements(p_schema -> 'allOf') as part);
  end if;
  foreach kind in array array['anyOf', 'oneOf'] loop
    continue when jsonb_typeof(p_schema -> kind) is distinct from 'array';
    select case
      when fitting = 1 or (kind = 'anyOf' and fitting > 0) then null
      when fitting > 1 then format('%s: fits more than one of the alternatives', place)
      when unknown > 0 then '?'
      else format('%s: fits none of the alternatives', place)
    end into said
    from (
      select count(*) filter (where answer is null) as fitting, count(*) filter (where answer = '?') as unknown
      from (select engine.misfit(part, p_value, p_path, root, p_depth + 1) as answer from jsonb_array_elements(p_schema -> kind) as part) as tried
    ) as counted;
    all_said := all_said || said;
  end loop;
  all_said := all_said || case jsonb_typeof(p_value)
    when 'object' then engine.misfit_of_object(p_schema, p_value, p_path, root, p_depth)
    when 'array' then engine.misfit_of_list(p_schema, p_value, p_path, root, p_depth)
    else engine.misfit_of_scalar(p_schema, p_value, place)
  end;
  -- What certainly does not fit says more than what nobody looked at.
  select answer into said from unnest(all_said) as answer where answer is not null order by answer = '?' limit 1;
  return said;
end $$;

-- 33-27-misfit-of-list.sql

-- Why a list does not satisfy the parts of a schema that speak of lists; called by engine.misfit.
create function engine.misfit_of_list(p_schema jsonb, p_value jsonb, p_path text, p_root jsonb, p_depth int)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  place constant text := case p_path when '' then 'the value' else p_path end;
  size constant int := jsonb_array_length(p_value);
  first constant int := case when jsonb_typeof(p_schema -> 'prefixItems') = 'array' then jsonb_array_length(p_schema -> 'prefixItems') else 0 end;
begin
  if size < (p_schema ->> 'minItems')::numeric then
    return format('%s: has %s items, fewer than %s', place, size, p_schema ->> 'minItems');
  elsif size > (p_schema ->> 'maxItems')::numeric then
    return format('%s: has %s items, more than %s', place, size, p_schema ->> 'maxItems');
  elsif p_schema -> 'uniqueItems' = 'true' and size > (select count(distinct item) from jsonb_array_elements(p_value) as item) then
    return format('%s: holds the same item twice', place);
  elsif first = 0 and not p_schema ? 'items' then
    return null;
  end if;
  return (
    select said from (
      select place.n, engine.misfit(
        case when place.n <= first then p_schema -> 'prefixItems' -> (place.n - 1)::int else coalesce(p_schema -> 'items', '{}') end,
        item, format('%s[%s]', p_path, place.n - 1), p_root, p_depth + 1) as said
      from jsonb_array_elements(p_value) with ordinality as place (item, n)
    ) as checked where said is not null order by said = '?', n limit 1);
end $$;

-- 33-27-misfit-of-object.sql

-- Why an object does not satisfy the parts of a schema that speak of objects; called by engine.misfit.
create function engine.misfit_of_object(p_schema jsonb, p_value jsonb, p_path text, p_root jsonb, p_depth int)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  place constant text := case p_path when '' then 'the value' else p_path end;
  size int;
  missing text;
begin
  select name into missing
  from jsonb_array_elements_text(case jsonb_typeof(p_schema -> 'required') when 'array' then p_schema -> 'required' else '[]' end) as name
  where not p_value ? name limit 1;
  if missing is not null then
    return format('%s: "%s" is missing', place, missing);
  end if;
  if p_schema ?| array['minProperties', 'maxProperties'] then
    select count(*) into size from jsonb_object_keys(p_value);
    if size < (p_schema ->> 'minProperties')::numeric or size > (p_schema ->> 'maxProperties')::numeric then
      return format('%s: has %s fields, which is not the allowed number', place, size);
    end if;
  end if;
  return (
    select said from (
      select field.key, engine.misfit(
        case when p_schema -> 'properties' ? field.key then p_schema -> 'properties' -> field.key
          when p_schema ? 'patternProperties' then '{}' else coalesce(p_schema -> 'additionalProperties', '{}') end,
        field.value, case p_path when '' then field.key else p_path || '.' || field.key end, p_root, p_depth + 1) as said
      from jsonb_each(p_value) as field (key, value)
    ) as checked where said is not null order by said = '?', key limit 1);
end $$;

-- 33-27-misfit-of-scalar.sql

-- Why a text or a number does not satisfy the bounds of a schema; called by engine.misfit.
create function engine.misfit_of_scalar(p_schema jsonb, p_value jsonb, p_place text)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  amount numeric;
begin
  if jsonb_typeof(p_value) = 'string' then
    amount := length(p_value #>> '{}');
    return case
      when amount < (p_schema ->> 'minLength')::numeric then format('%s: is shorter than %s', p_place, p_schema ->> 'minLength')
      when amount > (p_schema ->> 'maxLength')::numeric then format('%s: is longer than %s', p_place, p_schema ->> 'maxLength')
    end;
  elsif jsonb_typeof(p_value) <> 'number' then
    return null;
  end if;
  amount := (p_value #>> '{}')::numeric;
  return case
    when amount < (p_schema ->> 'minimum')::numeric then format('%s: is less than %s', p_place, p_schema ->> 'minimum')
    when amount > (p_schema ->> 'maximum')::numeric then format('%s: is more than %s', p_place, p_schema ->> 'maximum')
    when amount <= (p_schema ->> 'exclusiveMinimum')::numeric then format('%s: is not more than %s', p_place, p_schema ->> 'exclusiveMinimum')
    when amount >= (p_schema ->> 'exclusiveMaximum')::numeric then format('%s: is not less than %s', p_place, p_schema ->> 'exclusiveMaximum')
    when mod(amount, nullif((p_schema ->> 'multipleOf')::numeric, 0)) <> 0 then format('%s: is no multiple of %s', p_place, p_schema ->> 'multipleOf')
  end;
end $$;

-- 33-28-fits.sql

-- Whether a JSON value satisfies a JSON Schema; null when a part of it is stored as a file, so that nobody here can say.
create function engine.fits(p_schema jsonb, p_value jsonb)
returns boolean language plpgsql immutable set search_path = ''
as $$
declare
  said constant text := engine.misfit(p_schema, p_value);
begin
  return case when said is null then true when said = '?' then null else false end;
end $$;

-- 33-29-idle-again.sql

-- Of the steps a retry would run (`p_rerun`, ids of plan steps), those that would be skipped at once, because of what is reused before them:
-- ways not taken stay so. Called by engine.plan_retry.
create function engine.idle_again(p_run uuid, p_version int, p_rerun bigint[])
returns setof bigint language plpgsql stable set search_path = ''
as $$
declare
  candidate record;
  known record;
  idle bigint[] := '{}';
begin
  for candidate in
    select id, join_mode, total_deps from engine.plan_steps
    where id = any (p_rerun) and version = p_version and within is null and total_deps > 0 order by rank, id
  loop
    select count(*) filter (where not is_met) as dead into known
    from (
      select case
          when edge.upstream = any (idle) then false
          when edge.upstream = any (p_rerun) then null
          else edge.wanted <> 'failed' and (edge.port is null or edge.port is not distinct from (
            select port from public.steps where (run_id, step_key, item_path) = (p_run, upstream.step_key, '{}'::int[])))
        end as is_met
      from engine.plan_deps as edge join engine.plan_steps as upstream on upstream.id = edge.upstream
      where edge.dependent = candidate.id
    ) as edges;
    if known.dead = candidate.total_deps or (candidate.join_mode = 'all' and known.dead > 0) then
      idle := idle || candidate.id;
    end if;
  end loop;
  return query
  select plan.id from engine.plan_steps as plan
  where plan.id = any (p_rerun) and (plan.id = any (idle) or exists (
    select from engine.plan_steps as map where map.id = any (idle) and map.role = 'collect' and map.step_key = any (plan.bodies)
      and (map.workflow_id, map.version) = (plan.workflow_id, plan.version)));
end $$;

-- 33-29-output-fits.sql

-- Whether a stored output can stand for a step of another version: each value fits the schema of its port, and no port is missing that the
-- old step did not have either. Ports that are gone are in nobody's way. Null when a value is a file. Called by engine.plan_retry.
create function engine.output_fits(p_old json, p_new json, p_output jsonb)
returns boolean language plpgsql immutable set search_path = ''
as $$
declare
  ports constant jsonb := coalesce((p_new -> 'outputs')::jsonb, '{}');
begin
  if exists (
    select from jsonb_object_keys(ports) as port
    where not coalesce(p_output, '{}') ? port and not coalesce((p_old -> 'outputs')::jsonb, '{}') ? port
  ) then
    return false;
  elsif p_output ? '$blob' then
    return null;
  end if;
  -- One port that is a file leaves the whole unknown, one that does not fit decides it.
  return (
    select case when bool_or(not fit) then false when bool_or(fit is null) then null else true end
    from (
      select engine.fits(ports -> port.key, port.value) as fit from jsonb_each(coalesce(p_output, '{}')) as port where ports ? port.key
    ) as checked);
end $$;

-- 33-30-plan-retry.sql

-- What a retry that makes a new run does with each step of the version it will run: `reused` with the old output, `flagged` (reused, though
-- the step was changed or its output could not be checked), `idle` (skipped before and again) or `rerun`. Steps in bodies follow their map.
-- `p_keep` are steps people treat as done. `can_keep`: the old output would fit. Called by engine.retry_fates and engine.retry_as_new.
create function engine.plan_retry(p_run uuid, p_mode text, p_step text, p_version int, p_keep text[] default '{}')
returns table (step_key text, title text, effect text, verdict text, can_keep boolean) language plpgsql stable set search_path = ''
  set enable_hashjoin = on set join_collapse_limit = 8
as $$
begin
  return query
  with recursive plan as (
    select step.* from engine.plan_steps as step
    join public.runs as run on run.id = p_run and step.workflow_id = run.workflow_id and step.version = p_version
    where step.role is distinct from 'rollback'
  ), edge (upstream, dependent) as (
    select deps.upstream, deps.dependent from engine.plan_deps as deps join plan on plan.id = deps.dependent
    union all
    -- A body belongs to its map: its split feeds it, its collector comes after it.
    select split.id, body.id from plan as split join plan as body on split.role = 'split' and body.within = split.collector
    union all
    select body.id, map.id from plan as body join plan as map on map.step_key = body.within
  ), old as (
    select step.*, old_plan.step_hash, old_plan.definition, old_plan.role as old_role from public.steps as step
    join engine.plan_steps as old_plan on old_plan.id = step.plan_step
    where step.run_id = p_run and step.item_path = '{}'
  ), fitting as (
    select plan.id, plan.step_key, plan.step_hash <> old.step_hash as changed,
      plan.step_hash = old.step_hash or (plan.role is null and engine.output_fits(old.definition, plan.definition, payload.output)) as fits
    from plan
    join old on old.step_key = plan.step_key and old.status = 'succeeded' and (old.kind, old.old_role) is not distinct from (plan.kind, plan.role)
    left join public.step_payloads as payload on (payload.run_id, payload.step_key, payload.item_path) = (p_run, plan.step_key, '{}'::int[])
    where plan.within is null and not exists (
      -- Undone itself, or something in its body was.
      select from public.steps as undone join engine.plan_steps as undone_plan on undone_plan.id = undone.plan_step
      where undone.run_id = p_run and undone.role = 'rollback'
        and (undone.step_key = plan.step_key || '__rollback' or plan.collector = any (undone_plan.bodies)))
  ), kept as (
    select fitting.id, changed or fits is null as flagged from fitting
    where fits is not false and (p_mode <> 'restart' or fitting.step_key = any (p_keep))
  ), chosen as (
    -- What a person treats as done is done, whatever runs before it.
    select kept.id from kept join plan on plan.id = kept.id
    where plan.step_key = any (p_keep) and plan.role is null and (p_mode <> 'from_step' or plan.step_key <> p_step)
  ), again (id, spreads) as (
    -- What had not succeeded runs, but only in a resume does it take along succeeded steps behind it.
    select plan.id, p_mode <> 'from_step' or exists (select from old where old.step_key = plan.step_key and old.status = 'succeeded')
    from plan where plan.within is null and not exists (select from kept where kept.id = plan.id)
    union
    -- The step itself; for one in a body, or a map, from its outermost split.
    select plan.id, true from plan
    where p_mode = 'from_step' and (plan.step_key = p_step or (plan.role = 'split' and (plan.collector = p_step or exists (
      select from plan as target where target.step_key = p_step and plan.collector = any (target.bodies)))))
    union
    -- A map is reused whole or not at all: its collector must have succeeded and its body be the same.
    select plan.id, true from plan
    where plan.role = 'split' and not exists (
      select from kept join plan as map on map.id = kept.id and map.step_key = plan.collector)
    union
    select split.id, true from plan join public.runs as run on run.id = p_run
    join plan as split on split.role = 'split' and split.collector = plan.bodies[1]
    where plan.within is not null and not exists (
      select from engine.plan_steps as old_body
      where (old_body.workflow_id, old_body.version, old_body.step_key, old_body.step_hash)
        = (run.workflow_id, run.version, plan.step_key, plan.step_hash))
  ), spread (id) as (
    select id from again where spreads and not exists (select from chosen where chosen.id = again.id)
    union
    select edge.dependent from spread join edge on edge.upstream = spread.id
    where not exists (select from chosen where chosen.id = edge.dependent)
  ), rerun (id) as (
    (select id from again union select id from spread) except select id from chosen
  ), idle as (
    select id from engine.idle_again(p_run, p_version, array(select id from rerun)) as id
  )
  select plan.step_key, plan.title, plan.effect, case
      when exists (select from idle where idle.id = plan.id) then 'idle'
      when exists (select from rerun where rerun.id = plan.id) then 'rerun' when kept.flagged then 'flagged' else 'reused'
    end, plan.role is null and (p_mode <> 'from_step' or plan.step_key <> p_step) and exists (
      select from fitting where fitting.id = plan.id and fits is not false)
  from plan left join kept on kept.id = plan.id
  where plan.within is null or exists (select from rerun where rerun.id = plan.id)
  order by plan.rank;
end $$;

-- 33-30-was-rolled-back.sql

-- Whether the engine began to undo a run's steps.
create function engine.was_rolled_back(p_run uuid)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return exists (select from public.steps where run_id = p_run and right(step_key, 10) = '__rollback');
end $$;

-- 33-31-resumes-in-place.sql

-- Whether a retry goes on in the same run: a resume on the run's own version, unless the run was rolled back, because what was undone has to
-- be done again.
create function engine.resumes_in_place(p_run public.runs, p_mode text, p_version int)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return p_mode = 'resume' and p_version = p_run.version and not engine.was_rolled_back(p_run.id);
end $$;

-- 33-31-retry-version.sql

-- The version a retry runs: the run's own (null), `live`, or a number. Raises when there is none.
create function engine.retry_version(p_run public.runs, p_version text)
returns int language plpgsql stable set search_path = ''
as $$
declare
  chosen int;
begin
  if p_version is null then
    return p_run.version;
  end if;
  if p_version = 'draft' then
    perform engine.raise('RB422', 'A draft is not a version yet.', 'Store it as a test version with the publish function, then give its number.');
  elsif p_version = 'live' then
    select live_version into chosen from public.workflows where id = p_run.workflow_id;
  elsif p_version ~ '^\d{1,9}$' then
    select n into chosen from public.versions where workflow_id = p_run.workflow_id and n = p_version::int;
  end if;
  if chosen is null then
    perform engine.raise('RB422', format('There is no version "%s" of this workflow.', p_version), 'Give a number, or "live".');
  end if;
  return chosen;
end $$;

-- 33-32-check-retry-input.sql

-- Refuses a replaced input the retry cannot take: a resume keeps its input; restart takes one that fits the version's input schema; from_step
-- takes inputs of one step outside of bodies, by port.
create function engine.check_retry_input(p_run public.runs, p_mode text, p_step text, p_version int, p_input jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  plan jsonb;
  step engine.plan_steps;
  wrong text;
begin
  if p_input is null then
    return;
  elsif p_mode = 'resume' then
    perform engine.raise('RB422', 'A resumed run keeps its input.', 'Use restart to run with another input.');
  elsif jsonb_typeof(p_input) <> 'object' then
    perform engine.raise('RB422', 'The input must be a JSON object.', 'Send {} for none.');
  end if;
  select version.plan into plan from public.versions as version where (version.workflow_id, version.n) = (p_run.workflow_id, p_version);
  if p_mode = 'restart' then
    wrong := engine.misfit(plan -> 'input', engine.fill_defaults(plan -> 'input', p_input));
    if wrong <> '?' then
      perform engine.raise('RB422', format('The input does not fit: %s.', wrong), format('Version %s says what it takes.', p_version));
    end if;
    return;
  end if;
  select * into step from engine.plan_steps where (workflow_id, version, step_key) = (p_run.workflow_id, p_version, p_step);
  if step.within is not null then
    perform engine.raise('RB422', format('"%s" runs once per item, each with its own inputs.', step.title),
      'Start again at the map, or leave the inputs as they are.');
  end if;
  select engine.misfit(ports -> key, value, key) into wrong
  from (select one -> 'ports' as ports from jsonb_array_elements(plan -> 'steps') as one where one ->> 'key' = p_step) as found, jsonb_each(p_input)
  where ports ? key and engine.misfit(ports -> key, value, key) <> '?' limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('The inputs of "%s" do not fit: %s.', step.title, wrong), 'Correct them, or leave that port out.');
  end if;
end $$;

-- 33-32-check-retry.sql

-- Refuses a retry that cannot be: an unknown mode or step, a run still going, a resume of one that succeeded, an open question about it.
create function engine.check_retry(p_run public.runs, p_mode text, p_step text, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  if p_mode is null or p_mode not in ('resume', 'from_step', 'restart') then
    perform engine.raise('RB422', format('"%s" is not a way to retry.', coalesce(p_mode, '')), 'Ways: resume, from_step, restart.');
  end if;
  if p_run.finished_at is null then
    perform engine.raise('RB409', 'The run has not ended, so there is nothing to retry yet.', 'Wait for it, or cancel it first.');
  end if;
  if p_mode = 'resume' and p_run.status = 'succeeded' then
    perform engine.raise('RB409', 'The run succeeded, so there is nothing to resume.', 'Use from_step or restart to run it again.');
  end if;
  if p_mode = 'from_step' and not exists (
    select from engine.plan_steps where (workflow_id, version, step_key) = (p_run.workflow_id, p_version, p_step) and role is distinct from 'rollback'
  ) then
    perform engine.raise('RB422', format('Version %s has no step "%s".', p_version, coalesce(p_step, '')), 'Choose one of its steps.');
  end if;
  if (select status from public.workflows where id = p_run.workflow_id) = 'archived' then
    perform engine.raise('RB409', 'The workflow is archived, so its runs cannot be retried.', 'Restore the workflow first.');
  end if;
end $$;

-- 33-33-retry-as-new.sql

-- Makes the new run of a retry and returns its id. Resumes keep the idempotency keys of the run they go on from, unless that was rolled back;
-- "again" means new keys. `p_keep` are steps people treat as done.
create function engine.retry_as_new(
  p_old public.runs, p_actor uuid, p_mode text, p_step text, p_input jsonb, p_version int, p_keep text[])
returns uuid language plpgsql set search_path = ''
as $$
declare
  chosen public.versions;
  reused text[];
  run_input jsonb;
begin
  select * into chosen from public.versions where workflow_id = p_old.workflow_id and n = p_version;
  select input into run_input from public.run_payloads where run_id = p_old.id;
  if p_mode = 'restart' then
    run_input := coalesce(p_input, run_input);
  end if;
  reused := array(
    select step_key from engine.plan_retry(p_old.id, p_mode, p_step, p_version, p_keep) where verdict in ('reused', 'flagged'));
  if not run_input ? '$blob' then
    run_input := engine.fill_defaults(chosen.plan_input, run_input);
    perform engine.check_input(chosen.plan_input, run_input);
  end if;
  return engine.insert_run(p_old.workflow_id, p_version, run_input, jsonb_populate_record(null::engine.run_facts, jsonb_strip_nulls(jsonb_build_object(
    'title', p_old.title, 'mode', p_old.mode, 'lane', p_old.lane, 'priority', p_old.priority, 'created_by', p_actor,
    'retry_of', p_old.id, 'retry_mode', p_mode,
    'key_run', case when p_mode = 'resume' and not engine.was_rolled_back(p_old.id) then p_old.key_run end,
    'trigger', jsonb_build_object('kind', 'retry', 'by', p_actor)) || engine.limit_facts(chosen.plan_settings, run_input))
    || case when p_mode = 'from_step' and p_input is not null
      then jsonb_build_object('override', jsonb_build_object('step', p_step, 'inputs', p_input)) else '{}' end), reused);
end $$;

-- 33-34-prior-outcome.sql

-- What is known of a step's effect in a run: none (not performed, or refused), unknown, or succeeded. `p_item` null asks for every item of a
-- step in a body, of which the one that went furthest counts.
create function engine.prior_outcome(p_run uuid, p_step text, p_item int[])
returns text language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select outcome from (
      select case
        when step.status = 'succeeded' or step.keeps_output then 'succeeded'
        when step.attempt = 0 then 'none'
        -- Its call is made after the start marker only. An earlier attempt's marker counts too: what it did is not undone by a later one.
        when plan.effect = 'at_most_once' and not exists (
          select from public.attempts as attempt
          where (attempt.run_id, attempt.step_key, attempt.item_path) = (step.run_id, step.step_key, step.item_path)
            and attempt.start_marker_at is not null) then 'none'
        when step.error ->> 'code' in ('outcome_unknown', 'poison') or step.error ->> 'class' in ('transient', 'timeout', 'lost')
          or step.status = 'cancelled' then 'unknown'
        -- The checks failed, not the work.
        when step.error ->> 'class' = 'verification' then 'succeeded'
        else 'none'
      end as outcome
      from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
      where step.run_id = p_run and step.step_key = p_step and (p_item is null or step.item_path = p_item)
    ) as known
    order by array_position(array['succeeded', 'unknown', 'none'], outcome) limit 1
  ), 'none');
end $$;

-- 33-35-effect-verdict.sql

-- What repeating a step would do outside: safe, deduplicated (the same key again), repeats, or decision (a person must say).
create function engine.effect_verdict(p_effect text, p_prior text, p_mode text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when p_prior = 'none' or p_effect in ('pure', 'read') then 'safe'
    when p_effect = 'at_most_once' then 'decision'
    when p_prior = 'unknown' and p_mode = 'resume' then 'deduplicated'
    else 'repeats'
  end;
end $$;

-- 33-35-kept-by.sql

-- The steps that a retry's decisions say to treat as done.
create function engine.kept_by(p_decisions jsonb)
returns text[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(select key from jsonb_each_text(p_decisions) where value = 'treat_as_done');
end $$;

-- 33-35-may-need-decisions.sql

-- Whether a version has steps whose effects must not happen twice, so that a retry has to look at what its steps did. Most have none.
create function engine.may_need_decisions(p_workflow uuid, p_version int)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return exists (
    select from engine.plan_steps where (workflow_id, version) = (p_workflow, p_version) and effect = 'at_most_once');
end $$;

-- 33-36-retry-fates.sql

-- What a retry does with every step it touches, and what is known of the step's effect: the one answer behind retry_preview, the refusal of
-- retry_run, and the setting aside of bulk retries. `asks`: the resumed step waits for a person by itself. `prior` and `effect_verdict` are
-- of steps that run again.
create function engine.retry_fates(p_run public.runs, p_mode text, p_step text, p_version int, p_keep text[] default '{}')
returns table (
  step_key text, item_path int[], title text, effect text, fate text, prior text, effect_verdict text, asks boolean, can_keep boolean
) language plpgsql stable set search_path = ''
  set enable_hashjoin = on set join_collapse_limit = 8
as $$
declare
  -- A resume repeats calls under the old keys, but not those of work that was undone.
  key_mode constant text := case when engine.was_rolled_back(p_run.id) then 'restart' else p_mode end;
begin
  if not engine.resumes_in_place(p_run, p_mode, p_version) then
    return query
    select step.step_key, '{}'::int[], step.title, step.effect, step.verdict, known.prior,
      engine.effect_verdict(step.effect, known.prior, key_mode), false, step.can_keep
    from engine.plan_retry(p_run.id, p_mode, p_step, p_version, p_keep) as step
    cross join lateral (select case when step.verdict = 'rerun' then engine.prior_outcome(p_run.id, step.step_key, null) end as prior) as known;
    return;
  end if;
  return query
  with again as materialized (
    select todo.step_key, todo.item_path, todo.again from engine.steps_to_resume(p_run.id) as todo
  )
  select again.step_key, again.item_path, step.title, plan.effect, 'rerun', known.prior,
    -- Only the checks of kept work are repeated.
    case when step.keeps_output then 'safe' else engine.effect_verdict(plan.effect, known.prior, key_mode) end, again.again = 'asked', false
  from again
  join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run.id, again.step_key, again.item_path)
  join engine.plan_steps as plan on plan.id = step.plan_step
  cross join lateral (select engine.prior_outcome(p_run.id, again.step_key, again.item_path) as prior) as known
  union all
  -- The bodies of maps that were never opened: their split did not run, or the run had ended by then.
  select body.step_key, map.item_path, body.title, body.effect, 'rerun', 'none', 'safe', false, false
  from again
  join public.steps as map on (map.run_id, map.step_key, map.item_path) = (p_run.id, again.step_key, again.item_path)
  join engine.plan_steps as plan on plan.id = map.plan_step and plan.role = 'collect'
  join engine.plan_steps as body on (body.workflow_id, body.version) = (plan.workflow_id, plan.version)
    and plan.step_key = any (body.bodies) and body.role is distinct from 'rollback'
  where not exists (
    select from public.steps as instance where instance.run_id = p_run.id and instance.step_key = body.step_key
      and instance.item_path[1:cardinality(map.item_path)] = map.item_path)
  union all
  select old.step_key, old.item_path, old.title, plan.effect, 'reused', null, null, false, false
  from public.steps as old join engine.plan_steps as plan on plan.id = old.plan_step
  where old.run_id = p_run.id and old.status = 'succeeded';
end $$;

-- 33-37-carry-out-retry.sql

-- Does a retry that was checked: in place, or as a new run. `p_keep` are steps people treat as done. Returns the run that goes on. Called by
-- engine.retry_locked_run and for the runs of a bulk retry.
create function engine.carry_out_retry(
  p_run public.runs, p_actor uuid, p_mode text, p_step text, p_input jsonb, p_version int, p_keep text[])
returns uuid language plpgsql set search_path = ''
as $$
begin
  if engine.resumes_in_place(p_run, p_mode, p_version) then
    perform engine.resume_run(p_run.id);
    return p_run.id;
  end if;
  return engine.retry_as_new(p_run, p_actor, p_mode, p_step, p_input, p_version, p_keep);
end $$;

-- 33-37-check-decisions.sql

-- Refuses a retry that would repeat what must not happen twice, unless people have said what to do about each such step: `do_it_again`, or
-- `treat_as_done` where its old output can stand. Decisions are `{step: word}`. Called by engine.retry_locked_run.
create function engine.check_decisions(p_run public.runs, p_mode text, p_step text, p_version int, p_decisions jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  wrong text;
  undecided text[];
begin
  select key into wrong from jsonb_each(p_decisions) where value not in ('"do_it_again"', '"treat_as_done"') limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('That is no decision about the step "%s".', wrong), 'Decisions: do_it_again, treat_as_done.');
  end if;
  if not engine.may_need_decisions(p_run.workflow_id, p_version) then
    return;
  end if;
  select array_agg(distinct fate.title || case when p_decisions ? fate.step_key then ' (no output that could stand for it)' else '' end)
  into undecided
  from engine.retry_fates(p_run, p_mode, p_step, p_version, engine.kept_by(p_decisions)) as fate
  where fate.fate = 'rerun' and fate.effect_verdict = 'decision' and not fate.asks
    and p_decisions ->> fate.step_key is distinct from 'do_it_again';
  if undecided is not null then
    perform engine.raise('RB409', format('This would repeat what must not happen twice: %s.', array_to_string(undecided, ', ')),
      'Say for each of these steps: do_it_again, or treat_as_done.');
  end if;
end $$;

-- 33-37-retry-estimate.sql

-- How long the steps a retry runs again worked the last time, and what their model calls cost; `unknown` counts steps that never ran.
create function engine.retry_estimate(p_run uuid, p_steps text[])
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'steps', count(*), 'unknown', count(*) filter (where timed.ms is null),
      'activeMs', coalesce(sum(timed.ms), 0), 'costUsd', coalesce(sum(timed.cost), 0))
    from unnest(p_steps) as wanted (step_key)
    left join lateral (
      select sum(attempt.active_ms) as ms, sum((
        select sum((call -> 'llm' ->> 'costUsd')::numeric) from public.attempt_payloads as made, jsonb_array_elements(made.calls) as call
        where (made.run_id, made.step_key, made.item_path, made.n) = (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n)
      )) as cost
      from public.attempts as attempt join public.steps as step using (run_id, step_key, item_path)
      where attempt.run_id = p_run and attempt.step_key = wanted.step_key and attempt.n = step.attempt and attempt.outcome <> 'lost'
    ) as timed on true);
end $$;

-- 33-38-retry-locked-run.sql

-- Retries a locked, ended run for somebody whose right to do so was checked; called by retry_run. Returns the run that goes on.
create function engine.retry_locked_run(
  p_run public.runs, p_actor uuid, p_mode text, p_step text, p_input jsonb, p_version int, p_decisions jsonb)
returns uuid language plpgsql set search_path = ''
as $$
begin
  perform engine.check_retry(p_run, p_mode, p_step, p_version);
  perform engine.check_retry_input(p_run, p_mode, p_step, p_version, p_input);
  perform engine.check_decisions(p_run, p_mode, p_step, p_version, p_decisions);
  return engine.carry_out_retry(p_run, p_actor, p_mode, p_step, p_input, p_version, engine.kept_by(p_decisions));
end $$;

-- 33-40-move-locked-run.sql

-- Moves a locked run to another lane and returns the lane's name; what waited for the old lane, or for room in it, goes on.
create function engine.move_locked_run(p_run public.runs, p_lane text)
returns text language plpgsql set search_path = ''
as $$
declare
  wanted constant text := engine.choose_lane(p_run.workspace_id, p_lane);
begin
  if p_run.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so it stays where it is.', 'Retry it in another lane instead.');
  end if;
  update public.runs set lane = wanted, last_move = 'run.updated' where id = p_run.id;
  if wanted <> p_run.lane then
    update public.steps set lane = wanted where run_id = p_run.id and finished_at is null;
    perform engine.release_held(array[p_run.id], 'lane');
    perform engine.release_lane(p_run.workspace_id, p_run.lane);
  end if;
  return wanted;
end $$;

-- 34-10-match-runs.sql

-- The runs an operation is about, newest first: those its filter names and its verb can do something with. Filter: workflow, lane, status (one
-- or a list), error_code, ids, from, to (times of creation). A retry by filter leaves out runs another run waits for, and runs that were
-- retried as a new run already; named by id they are taken.
create function engine.match_runs(p_workspace uuid, p_verb text, p_mode text, p_filter jsonb)
returns setof uuid language plpgsql stable set search_path = ''
as $$
declare
  statuses constant text[] := case jsonb_typeof(p_filter -> 'status')
    when 'array' then array(select jsonb_array_elements_text(p_filter -> 'status')) when 'string' then array[p_filter ->> 'status'] end;
  ids constant uuid[] := case when p_filter ? 'ids' then array(select id::uuid from jsonb_array_elements_text(p_filter -> 'ids') as id) end;
begin
  return query
  select run.id from public.runs as run
  where run.workspace_id = p_workspace
    and (ids is null or run.id = any (ids))
    and (not p_filter ? 'workflow' or run.workflow_id = (p_filter ->> 'workflow')::uuid)
    and (not p_filter ? 'lane' or run.lane = p_filter ->> 'lane')
    and (statuses is null or run.status = any (statuses))
    and (not p_filter ? 'error_code' or run.error ->> 'code' = p_filter ->> 'error_code')
    and (not p_filter ? 'from' or run.created_at >= (p_filter ->> 'from')::timestamptz)
    and (not p_filter ? 'to' or run.created_at < (p_filter ->> 'to')::timestamptz)
    and case
      when p_verb <> 'retry' then run.finished_at is null
      when run.finished_at is null or (run.status = 'succeeded' and p_mode = 'resume') then false
      else ids is not null or (run.parent_run_id is null and not exists (select from public.runs as later where later.retry_of = run.id))
    end
  order by run.created_at desc, run.id;
end $$;

-- 34-10-query-problem.sql

-- What is wrong with the query of an sql verifier, or null when it is one select without side effects. It must stay equal to queryProblem in
-- core/sql-guard.ts, which says the same while people type; this is the one that counts.
create function engine.query_problem(p_query text)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  -- Functions a query may call, because any other may do anything; and words that stand before a bracket.
  known constant text[] := string_to_array('abs avg bool_and bool_or btrim cardinality ceil char_length coalesce concat concat_ws count '
    'date_part date_trunc dense_rank every exists extract first_value floor greatest json_array_length jsonb_array_elements '
    'jsonb_array_elements_text jsonb_array_length jsonb_build_object jsonb_typeof lag last_value lead least left length lower ltrim '
    'make_interval max min mod now nullif position rank replace right round row_number rtrim split_part starts_with strpos substr substring '
    'sum to_char to_timestamp trim trunc unnest upper '
    'all and any array as between by case cast cross distinct else end except filter from group having ilike in inner intersect interval is '
    'join lateral left like limit not offset on or order outer over partition right select some then union using values when where with within',
    ' ');
  forbidden constant text := '\y(insert|update|delete|merge|into|copy|set|reset|call|do|execute|prepare|lock|listen|notify|vacuum|create|alter|'
    'drop|truncate|grant|revoke|table|for|operator|collate|tablesample|recursive)\y';
  -- A quote inside a text is written twice, so every literal becomes one pair, whatever it holds.
  collapsed constant text := regexp_replace(lower(p_query), '''[^'']*''', '''''', 'g');
  bare constant text := replace(collapsed, '''''', ' ');
  found text;
begin
  if collapsed ~ '[a-z0-9_&]''''' then
    return 'Texts with a prefix (E''…'', U&''…'') are not taken.';
  elsif position('''' in bare) > 0 then
    return 'A quote is never closed.';
  elsif bare ~ '--|/\*|\*/' then
    return 'Comments are not taken.';
  elsif regexp_replace(bare, '\$1\y', ' ', 'g') ~ '[;\\"$`]' then
    return 'It is one statement, without ; " \ and $ other than $1.';
  elsif bare ~ '[^\x20-\x7e\n\t\r]' then
    return 'Outside of texts only plain ASCII is taken.';
  elsif bare ~ '\y(pg_|information_schema\y)' then
    return 'The system''s own tables are not read.';
  elsif bare !~ '^\s*(select|with)\y' then
    return 'It begins with select or with.';
  end if;
  found := (regexp_match(bare, forbidden))[1];
  if found is not null then
    return format('The word "%s" is not taken: a check only reads.', found);
  end if;
  select name into found from (
    select called[1] as name from regexp_matches(bare, '([a-z_][a-z0-9_.]*)\s*\(', 'g') as called) as calls
  where name <> all (known) limit 1;
  return 'The function ' || found || ' is not taken.';
end $$;

-- 34-11-check-operation.sql

-- Refuses an operation whose filter or options nobody could mean: unknown words, values of another type, a mode or version that is none.
create function engine.check_operation(p_verb text, p_filter jsonb, p_options jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  known constant text[] := array['workflow', 'lane', 'status', 'error_code', 'ids', 'from', 'to'];
  wanted constant text[] := case p_verb when 'retry' then array['mode', 'step', 'version', 'canary', 'preview']
    when 'move' then array['lane', 'preview'] else array['preview'] end;
  wrong text;
begin
  if jsonb_typeof(p_filter) is distinct from 'object' or p_filter = '{}' then
    perform engine.raise('RB422', 'An operation needs a filter.', 'Filter by: ' || array_to_string(known, ', ') || '.');
  end if;
  select key into wrong from jsonb_object_keys(p_filter) as key where key <> all (known) limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('"%s" is nothing to filter by.', wrong), 'Filter by: ' || array_to_string(known, ', ') || '.');
  end if;
  select key into wrong from jsonb_object_keys(p_options) as key where key <> all (wanted) limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('"%s" is no option of this.', wrong), 'Options: ' || array_to_string(wanted, ', ') || '.');
  end if;
  wrong := engine.misfit('{"properties": {"workflow": {"type": "string"}, "lane": {"type": "string"}, "error_code": {"type": "string"},
    "from": {"type": "string"}, "to": {"type": "string"}, "ids": {"type": "array", "items": {"type": "string"}, "maxItems": 50000},
    "status": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}}', p_filter);
  if wrong is not null then
    perform engine.raise('RB422', format('The filter does not fit: %s.', wrong), 'Ids are uuids, times are ISO 8601.');
  end if;
  if p_verb = 'retry' and p_options ->> 'mode' not in ('resume', 'from_step', 'restart') then
    perform engine.raise('RB422', format('"%s" is not a way to retry.', p_options ->> 'mode'), 'Ways: resume, from_step, restart.');
  elsif p_verb = 'retry' and p_options ->> 'mode' = 'from_step' and not p_options ? 'step' then
    perform engine.raise('RB422', 'from_step needs the step to start at.', 'Name it as `step`.');
  elsif p_verb = 'retry' and p_options ? 'version' and p_options ->> 'version' !~ '^(live|\d{1,9})$' then
    perform engine.raise('RB422', format('"%s" is not a version.', p_options ->> 'version'), 'Give a number, or "live".');
  elsif p_verb = 'move' and not p_options ? 'lane' then
    perform engine.raise('RB422', 'A move needs the lane to move to.', 'Name it as `lane`.');
  end if;
end $$;

-- 34-11-query-rows.sql

-- Rows of one read-only query of an sql verifier over the runs of a workspace, as a JSON array. Behind the check of its text stand, each by
-- itself: a cursor, which takes one select; a stable function, in which nothing is written; an owner who may only read, and by row security
-- only the workspace; a caller who sets a time limit. The parameters are `$1`. Called by a worker for a check.
create function engine.query_rows(p_workspace uuid, p_query text, p_params jsonb)
returns jsonb language plpgsql stable security definer set search_path = '' set standard_conforming_strings = on
as $$
declare
  problem constant text := engine.query_problem(p_query);
  answer refcursor;
  one record;
  rows jsonb[] := '{}';
  bytes int := 0;
begin
  if problem is not null then
    perform engine.raise('RB422', 'The query is refused: ' || problem);
  end if;
  -- The policies compare with this setting, so it must still be what we set when the last row has come.
  perform set_config('runboard.workspace', p_workspace::text, true), set_config('search_path', 'public', true);
  open answer no scroll for execute p_query using p_params;
  loop
    fetch answer into one;
    exit when not found;
    bytes := bytes + length(to_jsonb(one)::text);
    if cardinality(rows) >= 1000 or bytes > 262144 then
      perform engine.raise('RB413', 'The query gives more than 1,000 rows or 256 KB.', 'Count or filter in the query.');
    end if;
    rows := rows || to_jsonb(one);
  end loop;
  close answer;
  if current_setting('runboard.workspace', true) is distinct from p_workspace::text then
    perform engine.raise('RB422', 'The query is refused: it changed what it may see.');
  end if;
  perform set_config('runboard.workspace', '', true);
  return to_jsonb(rows);
end $$;

-- 34-12-start-operation.sql

-- Makes an operation of the runs that match now, and returns at once; with the option `preview` it only says how many those are. Called by the
-- bulk verbs.
create function engine.start_operation(p_workspace uuid, p_verb text, p_filter jsonb, p_options jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  most constant int := 50000;
  actor constant uuid := engine.require_role(p_workspace, 'operator');
  options constant jsonb := case p_verb when 'retry' then '{"mode": "resume"}'::jsonb else '{}' end || coalesce(p_options, '{}');
  matching uuid[];
  total int;
  made uuid;
begin
  perform engine.check_operation(p_verb, p_filter, options);
  if p_verb = 'move' then
    perform engine.choose_lane(p_workspace, options ->> 'lane');
  end if;
  begin
    matching := array(select id from engine.match_runs(p_workspace, p_verb, options ->> 'mode', p_filter) as id limit most + 1);
  exception when invalid_text_representation or invalid_datetime_format or datetime_field_overflow then
    perform engine.raise('RB422', 'The filter holds something that is no id or no time.', 'Ids are uuids, times are ISO 8601.');
  end;
  total := cardinality(matching);
  if total > most then
    perform engine.raise('RB413', format('More than %s runs match.', most), 'Narrow the filter, for example by time.');
  elsif (options ->> 'preview')::boolean then
    return jsonb_build_object('total', total);
  end if;
  insert into public.operations (workspace_id, verb, filter, options, canary, status, total, created_by, finished_at)
  values (p_workspace, p_verb, p_filter, options - 'preview',
    case when (options ->> 'canary')::boolean then array[1, greatest(2, ceil(total * 0.05)::int), total] end,
    case total when 0 then 'done' else 'running' end, total, actor, case total when 0 then engine.now() end)
  returning id into made;
  insert into public.operation_runs (operation_id, run_id, workspace_id, n)
  select made, id, p_workspace, place from unnest(matching) with ordinality as matched (id, place);
  delete from public.operations where id in (
    select id from public.operations where workspace_id = p_workspace and created_at < engine.now() - interval '90 days' and status <> 'running' limit 20);
  perform engine.wake_workers();
  perform engine.write_audit(p_workspace, actor, 'operation.started', made::text,
    jsonb_build_object('verb', p_verb, 'filter', p_filter, 'options', options, 'total', total));
  return jsonb_build_object('operation_id', made, 'total', total);
end $$;

-- 34-20-canonical-number.sql

-- A JSON number as canonical JSON (RFC 8785) writes it: the shortest digits of its double, plain from 1e-6 up to 1e21, else with an exponent.
create function engine.canonical_number(p_value numeric)
returns text language plpgsql immutable set search_path = '' set extra_float_digits = 1
as $$
declare
  exact constant numeric := p_value::double precision::text::numeric;
  plain constant text := trim_scale(abs(exact))::text;
  digits constant text := rtrim(ltrim(replace(plain, '.', ''), '0'), '0');
  exponent int;
begin
  if exact = 0 then
    return '0';
  elsif abs(exact) >= 1e-6 and abs(exact) < 1e21 then
    return trim_scale(exact)::text;
  end if;
  exponent := case when abs(exact) >= 1 then length(split_part(plain, '.', 1)) - 1
    else -1 - length(substring(plain from '^0\.(0*)')) end;
  return case when exact < 0 then '-' else '' end || left(digits, 1) || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end
    || 'e' || case when exponent > 0 then '+' else '' end || exponent;
end $$;

-- 34-20-do-to-run.sql

-- Does an operation's verb to one locked run: done, or set aside because a person has to decide something. What the verb refuses, it raises.
create function engine.do_to_run(p_operation public.operations, p_run public.runs, out status text, out reason text, out made uuid)
language plpgsql set search_path = ''
as $$
declare
  chosen int;
  mode constant text := p_operation.options ->> 'mode';
begin
  status := 'done';
  made := p_run.id;
  if p_operation.verb = 'cancel' then
    perform engine.cancel_locked_run(p_run.id, p_operation.created_by);
    return;
  elsif p_operation.verb = 'move' then
    perform engine.move_locked_run(p_run, p_operation.options ->> 'lane');
    return;
  end if;
  chosen := engine.retry_version(p_run, p_operation.options ->> 'version');
  perform engine.check_retry(p_run, mode, p_operation.options ->> 'step', chosen);
  if engine.may_need_decisions(p_run.workflow_id, chosen) then
    select 'Somebody has to say whether this may happen again: ' || string_agg(distinct fate.title, ', ') into reason
    from engine.retry_fates(p_run, mode, p_operation.options ->> 'step', chosen) as fate
    where fate.fate = 'rerun' and fate.effect_verdict = 'decision';
  end if;
  if reason is not null then
    status := 'set_aside';
    made := null;
    return;
  end if;
  made := engine.carry_out_retry(p_run, p_operation.created_by, mode, p_operation.options ->> 'step', null, chosen, '{}');
end $$;

-- 34-21-canonical-json.sql

-- A value as canonical JSON (RFC 8785), the text every hash of ours is taken over: keys in the order of their UTF-16 code units, shortest
-- numbers, no white space. Keys beyond the first plane sort by code point here; nothing of ours has such keys.
create function engine.canonical_json(p_value jsonb)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  case jsonb_typeof(p_value)
    when 'object' then
      return '{' || coalesce((select string_agg(to_json(key)::text || ':' || engine.canonical_json(value), ',' order by key collate "C")
        from jsonb_each(p_value)), '') || '}';
    when 'array' then
      return '[' || coalesce((select string_agg(engine.canonical_json(value), ',' order by place)
        from jsonb_array_elements(p_value) with ordinality as item (value, place)), '') || ']';
    when 'number' then
      return engine.canonical_number((p_value #>> '{}')::numeric);
    else
      return p_value::text;
  end case;
end $$;

-- 34-21-watch-canary.sql

-- Looks at the runs a canary stage has set going. Returns what it means: `stopped` and why, when one failed with the same code again; `wait`
-- while some have not ended; `go` when all have.
create function engine.watch_canary(p_operation uuid, out verdict text, out reason text)
language plpgsql set search_path = ''
as $$
declare
  still_open int;
begin
  with ended as (
    update public.operation_runs as one set watched = false
    from public.runs as run
    where one.operation_id = p_operation and one.watched and run.id = one.made and run.finished_at is not null
    returning run.id, run.status, run.title, run.error ->> 'code' as code, one.prior_code
  )
  select format('"%s" failed again with %s.', title, code) into reason from ended where status = 'failed' and code = prior_code limit 1;
  select count(*) into still_open from public.operation_runs where operation_id = p_operation and watched;
  verdict := case when reason is not null then 'stopped' when still_open > 0 then 'wait' else 'go' end;
end $$;

-- 34-22-verify-proofs.sql

-- Checks the proof chain of a run as it is stored: each row is something that does not hold, so no row means that all of it does. For
-- operators; a run's page and the command line check the same from the file they export.
create function engine.verify_proofs(p_run uuid)
returns table (n int, problem text) language plpgsql stable set search_path = ''
as $$
begin
  return query
  with run as (
    select plan_hash, proof_head, proof_count from public.runs where id = p_run
  ), chain as (
    select proof.*, lag(proof.hash, 1, run.plan_hash) over (order by proof.n) as before, row_number() over (order by proof.n) as place,
      engine.proof_hash(p_run, proof.n, proof.step_key, proof.item_path, proof.attempt, jsonb_strip_nulls(jsonb_build_object(
        'verifier', proof.verifier, 'kind', proof.kind, 'required', proof.required, 'verdict', proof.verdict, 'score', proof.score,
        'evidenceHash', proof.evidence_hash)), proof.prev_hash, proof.at) as made
    from public.proofs as proof cross join run where proof.run_id = p_run
  )
  select chain.n, wrong from chain cross join lateral (values
    (case when chain.n <> place then 'a proof before it is missing' end),
    (case when prev_hash <> before then 'it does not follow on the one before' end),
    (case when hash <> made then 'it is not what was hashed' end),
    (case when evidence_hash <> encode(sha256(convert_to(engine.canonical_json(evidence), 'UTF8')), 'hex') then 'its evidence is not what was hashed' end)
  ) as checks (wrong) where wrong is not null
  union all
  select run.proof_count, 'the run counts other proofs than there are' from run where run.proof_count <> (select count(*) from chain)
  union all
  select run.proof_count, 'the run''s head is not the hash of the last proof' from run
  where run.proof_head is distinct from (select hash from chain order by chain.n desc limit 1)
  order by 1, 2;
end $$;

-- 34-22-work-slice.sql

-- Does an operation's verb to its next runs, at most `p_limit` and for about a quarter of a second, and counts them. Runs somebody else holds
-- are left for the next slice. Returns how many it did something about. The caller holds the operation's row.
create function engine.work_slice(p_operation public.operations, p_limit int)
returns int language plpgsql set search_path = ''
as $$
declare
  until constant timestamptz := clock_timestamp() + interval '250 ms';
  one record;
  target public.runs;
  did_status text;
  did_reason text;
  did_made uuid;
  counted int := 0;
begin
  for one in
    select * from (
      select mine.run_id, mine.n, run.lane from public.operation_runs as mine join public.runs as run on run.id = mine.run_id
      where mine.operation_id = p_operation.id and mine.status = 'pending' order by mine.n limit p_limit
    ) as next
    -- The verbs lock lanes: everybody takes them in this order.
    order by lane, n
  loop
    exit when clock_timestamp() > until;
    select * into target from public.runs where id = one.run_id for no key update skip locked;
    continue when not found;
    begin
      select * into did_status, did_reason, did_made from engine.do_to_run(p_operation, target);
    exception
      -- The others come back in the next slice.
      when deadlock_detected or lock_not_available or serialization_failure then
        continue;
      when others then
        did_status := 'failed';
        did_reason := left(engine.message_of(sqlerrm), 500);
        did_made := null;
    end;
    update public.operation_runs set status = did_status, reason = did_reason, made = did_made, at = engine.now(),
      prior_code = target.error ->> 'code',
      watched = did_status = 'done' and p_operation.verb = 'retry' and p_operation.stage < coalesce(cardinality(p_operation.canary), 0)
    where (operation_id, run_id) = (p_operation.id, one.run_id);
    counted := counted + 1;
    p_operation.done := p_operation.done + (did_status = 'done')::int;
    p_operation.set_aside := p_operation.set_aside + (did_status = 'set_aside')::int;
    p_operation.failed := p_operation.failed + (did_status = 'failed')::int;
    exit when p_operation.done >= p_operation.canary[p_operation.stage];
  end loop;
  -- Counted in the transaction that did it, once for all of them.
  update public.operations set touched_at = engine.now(), done = p_operation.done, set_aside = p_operation.set_aside, failed = p_operation.failed
  where id = p_operation.id;
  return counted;
end $$;

-- 34-23-work-operation.sql

-- Takes one locked operation further: the next slice, the next canary stage, or its end. Returns how many runs it did something about.
create function engine.work_operation(p_operation public.operations, p_limit int)
returns int language plpgsql set search_path = ''
as $$
declare
  counted int := 0;
  seen record;
begin
  update public.operations set touched_at = engine.now() where id = p_operation.id;
  if not exists (select from public.members where workspace_id = p_operation.workspace_id and user_id = p_operation.created_by
    and engine.role_rank(role) >= engine.role_rank('operator')) then
    perform engine.end_operation(p_operation.id, 'stopped', 'Who started this may not do it any more.');
    return 0;
  end if;
  if p_operation.canary is not null and p_operation.stage < cardinality(p_operation.canary) then
    seen := engine.watch_canary(p_operation.id);
    if seen.verdict = 'stopped' then
      perform engine.end_operation(p_operation.id, 'stopped', seen.reason);
      return 1;
    elsif p_operation.done >= p_operation.canary[p_operation.stage] then
      if seen.verdict = 'wait' then
        return 0;
      end if;
      update public.operations set stage = stage + 1 where id = p_operation.id returning * into p_operation;
    end if;
  end if;
  counted := engine.work_slice(p_operation, p_limit);
  if not exists (select from public.operation_runs where operation_id = p_operation.id and status = 'pending') then
    perform engine.end_operation(p_operation.id, 'done', null);
  end if;
  return counted;
end $$;

-- 34-24-end-operation.sql

-- Ends an operation that is under way. What it has not come to stays as it is.
create function engine.end_operation(p_operation uuid, p_status text, p_reason text)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.operations set status = p_status, reason = p_reason, finished_at = engine.now()
  where id = p_operation and status = 'running';
  update public.operation_runs set watched = false where operation_id = p_operation and watched;
end $$;

-- 34-25-work-operations.sql

-- Takes the operations under way further by one slice each, those first that waited longest. Called by the sweep; returns how many runs it did
-- something about, so that who sweeps comes back while there is more.
create function engine.work_operations()
returns int language plpgsql set search_path = ''
as $$
declare
  operation public.operations;
  counted int := 0;
begin
  for operation in
    select * from public.operations where status = 'running' order by touched_at limit 4 for update skip locked
  loop
    counted := counted + engine.work_operation(operation, 100);
  end loop;
  return counted;
end $$;

-- 36-09-new-hook-path.sql

-- An address nobody guesses: 180 random bits as 48 hex digits.
create function engine.new_hook_path()
returns text language plpgsql volatile set search_path = ''
as $$
begin
  return left(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 48);
end $$;

-- 36-10-sync-triggers.sql

-- Brings a workflow's triggers in line with the version that has just gone live. Rows are kept by key, so addresses stay; a schedule that
-- did not change keeps its place.
create function engine.sync_triggers()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  plan jsonb;
  at constant timestamptz := engine.now();
begin
  select versions.plan into plan from public.versions where workflow_id = new.id and n = new.live_version;
  delete from public.triggers as kept using jsonb_array_elements(plan -> 'triggers') as made
  where kept.workflow_id = new.id and kept.key = made ->> 'key' and kept.kind <> made ->> 'kind';
  update public.triggers as kept set live = false, next_at = null
  where kept.workflow_id = new.id and kept.live and not exists (
    select from jsonb_array_elements(plan -> 'triggers') as made where made ->> 'key' = kept.key);
  insert into public.triggers as kept (workspace_id, workflow_id, key, kind, config, compiled, source_id, cursor_at, next_at)
  select new.workspace_id, new.id, made ->> 'key', made ->> 'kind', made -> 'config',
    jsonb_build_object('map', made -> 'map', 'base', made -> 'base', 'input', plan -> 'input', 'vars', plan -> 'variables',
      'version', new.live_version),
    (select id from public.workflows where workspace_id = new.workspace_id and slug = made #>> '{config,workflow}'),
    at, case when made ->> 'kind' = 'trigger-schedule' then at end
  from jsonb_array_elements(plan -> 'triggers') as made
  where made ->> 'kind' in ('trigger-webhook', 'trigger-schedule', 'trigger-workflow')
  on conflict (workflow_id, key) do update set
    config = excluded.config, compiled = excluded.compiled, live = true, source_id = excluded.source_id,
    cursor_at = case when kept.live and kept.config = excluded.config then kept.cursor_at else excluded.cursor_at end,
    next_at = case when kept.live and kept.config = excluded.config then kept.next_at else excluded.next_at end;
  insert into public.hook_paths (trigger_id, workspace_id, path)
  select id, workspace_id, engine.new_hook_path() from public.triggers
  where workflow_id = new.id and kind = 'trigger-webhook'
  on conflict (trigger_id) do nothing;
  new.error_workflow := plan #>> '{settings,errorWorkflow}';
  if exists (select from public.triggers where workflow_id = new.id and next_at <= at) then
    perform engine.wake_workers();
  end if;
  return new;
end $$;

create trigger workflows_sync_triggers before update of live_version on public.workflows
  for each row when (new.live_version is distinct from old.live_version) execute function engine.sync_triggers();

-- 36-20-hook-of.sql

-- The webhook behind an address, with what is needed to check and take a delivery; null when there is none that takes any. One plan for
-- all: planning it for every delivery took three times as long as reading it.
create function engine.hook_of(p_path text)
returns jsonb language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object(
      'trigger', hook.id, 'workspaceId', hook.workspace_id, 'config', hook.config, 'compiled', hook.compiled,
      'now', round(extract(epoch from engine.now()) * 1000),
      'secret', engine.get_connection(hook.workspace_id, hook.config ->> 'connection') -> 'secret')
    from public.hook_paths as address
    join public.triggers as hook on hook.id = address.trigger_id
    join public.workflows as workflow on workflow.id = hook.workflow_id
    where address.path = p_path and hook.live and hook.enabled and workflow.status <> 'archived'
  );
end $$;

-- 36-21-overlap-verdict.sql

-- What a schedule does about its earlier runs that still go: 'fire', 'skipped' or 'held'; cancels them where the policy says so. Locks the
-- trigger, so that two slots never decide at once.
create function engine.overlap_verdict(p_trigger public.triggers)
returns text language plpgsql set search_path = ''
as $$
declare
  going uuid[];
begin
  perform from public.triggers where id = p_trigger.id for no key update;
  going := array(
    select run.id from (
      select run_id from public.firings where trigger_id = p_trigger.id and status = 'fired' order by id desc limit 20
    ) as earlier join public.runs as run on run.id = earlier.run_id
    where run.finished_at is null);
  if cardinality(going) = 0 then
    return 'fire';
  elsif p_trigger.config ->> 'overlap' = 'cancel_previous' then
    insert into engine.deliveries (run_id, kind) select unnest(going), 'cancel';
    return 'fire';
  end if;
  return case p_trigger.config ->> 'overlap' when 'queue' then 'held' else 'skipped' end;
end $$;

-- 36-22-close-firing.sql

-- Closes a firing that started no run, with the reason. Returns the answer of whoever tried.
create function engine.close_firing(p_firing bigint, p_error jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
begin
  update public.firings set status = 'failed', error = p_error, closed_at = engine.now() where id = p_firing;
  return jsonb_build_object('outcome', 'failed', 'error', p_error);
end $$;

-- 36-30-start-firing.sql

-- Starts the run of a firing and closes it in one transaction, as far as the trigger's overlap policy lets it; `p_start` {run, version,
-- input}. What the engine refuses closes the firing as failed; a full queue leaves it for later. The firing's row is locked by the caller.
create function engine.start_firing(p_firing public.firings, p_start jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  source public.triggers;
  started jsonb;
  verdict text;
begin
  select * into source from public.triggers where id = p_firing.trigger_id;
  if source.kind = 'trigger-schedule' then
    verdict := engine.overlap_verdict(source);
    if verdict = 'held' then
      update public.firings set status = 'held' where id = p_firing.id;
      return jsonb_build_object('outcome', 'held');
    elsif verdict = 'skipped' then
      update public.firings set status = 'skipped', closed_at = engine.now() where id = p_firing.id;
      return jsonb_build_object('outcome', 'skipped');
    end if;
  end if;
  begin
    started := engine.start_run_as(null, p_firing.workflow_id, p_start -> 'input', jsonb_build_object(
      'version', p_start ->> 'version', 'facts', jsonb_strip_nulls(jsonb_build_object(
        'id', p_start ->> 'run', 'trigger', jsonb_build_object(
          'kind', case source.kind when 'trigger-webhook' then 'webhook' when 'trigger-schedule' then 'schedule' else 'workflow' end,
          'key', source.key, 'deliveryId', case when source.kind = 'trigger-webhook' then p_firing.dedupe_key end,
          'slot', engine.iso_time(p_firing.slot_at), 'run', p_firing.source_run,
          'depth', nullif(p_firing.depth, 0), 'onError', case when source.id is null then true end)))));
  exception when others then
    if coalesce(engine.code_of(sqlstate, sqlerrm), 'RB429') = 'RB429' then
      raise;
    end if;
    return engine.close_firing(p_firing.id, jsonb_build_object('class', 'validation', 'code', engine.code_of(sqlstate, sqlerrm),
      'message', left(engine.message_of(sqlerrm), 500)));
  end;
  update public.firings set status = 'fired', run_id = (started ->> 'run_id')::uuid, closed_at = engine.now(), error = null
  where id = p_firing.id;
  -- Only schedules: their firings take turns anyway, while deliveries of one webhook must not wait for each other.
  update public.triggers set last_at = engine.now() where id = source.id and kind = 'trigger-schedule';
  return jsonb_build_object('outcome', 'fired', 'run', started ->> 'run_id');
end $$;

-- 36-31-fire-hook.sql

-- Takes one delivery of a webhook: the first of its id starts the run, a repeat gets the first one's answer, and a repeat with another
-- body is refused. `p_delivery` {trigger, key, bodyHash, event, rawPath, start: {run, version, input} | error | null}; without start and
-- error the delivery is kept for a worker. Called by the hooks function.
create function engine.fire_hook(p_delivery jsonb, p_raw bytea)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  hook public.triggers;
  firing public.firings;
  most constant int := (p_delivery ->> 'maxPerMinute')::int;
begin
  select * into hook from public.triggers where id = (p_delivery ->> 'trigger')::uuid and live and enabled;
  if hook.id is null then
    return jsonb_build_object('outcome', 'unknown');
  end if;
  insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, body_hash, due_at)
  values (hook.workspace_id, hook.workflow_id, hook.id, p_delivery ->> 'key', p_delivery ->> 'bodyHash', engine.now())
  on conflict (workflow_id, trigger_id, dedupe_key) do nothing returning * into firing;
  if firing.id is null then
    select * into firing from public.firings
    where (workflow_id, trigger_id, dedupe_key) = (hook.workflow_id, hook.id, p_delivery ->> 'key') for update;
    if firing.body_hash is distinct from p_delivery ->> 'bodyHash' then
      return jsonb_build_object('outcome', 'changed');
    elsif firing.status <> 'failed' then
      return jsonb_build_object('outcome', 'known', 'run', firing.run_id);
    end if;
    update public.firings set status = 'pending', error = null, closed_at = null, due_at = engine.now() where id = firing.id;
  else
    if most is not null and (select count(*) from (
      select from public.firings where trigger_id = hook.id and created_at > clock_timestamp() - interval '1 minute' order by id desc limit most + 1
    ) as recent) > most then
      perform engine.raise('RB429', 'This webhook takes no more deliveries in this minute.', 'Send it again in a minute.');
    end if;
    insert into public.firing_payloads (firing_id, workspace_id, event, raw, raw_path)
    values (firing.id, hook.workspace_id, p_delivery -> 'event', p_raw, p_delivery ->> 'rawPath');
  end if;
  if p_delivery ? 'error' then
    return engine.close_firing(firing.id, p_delivery -> 'error');
  elsif p_delivery ? 'start' then
    return engine.start_firing(firing, p_delivery -> 'start');
  end if;
  perform engine.wake_workers();
  return jsonb_build_object('outcome', 'kept');
end $$;

-- 36-32-firing-event.sql

-- What a firing tells its workflow, as its trigger's map sees it: a delivery as it came, the slot of a schedule, or the run that ended.
-- Null when that run is gone.
create function engine.firing_event(p_firing public.firings, p_config jsonb)
returns jsonb language plpgsql stable set search_path = ''
as $$
declare
  ended public.runs;
  source public.workflows;
begin
  if p_firing.slot_at is not null then
    return jsonb_build_object('scheduledAt', engine.iso_time(p_firing.slot_at), 'timezone', p_config ->> 'timezone');
  elsif p_firing.source_run is null then
    return (select event from public.firing_payloads where firing_id = p_firing.id);
  end if;
  select * into ended from public.runs where id = p_firing.source_run;
  select * into source from public.workflows where id = ended.workflow_id;
  if p_firing.trigger_id is not null then
    return (
      select jsonb_build_object('run', ended.id, 'workflow', source.slug, 'title', ended.title, 'status', ended.status,
        'output', payload.output, 'error', ended.error, 'finishedAt', engine.iso_time(ended.finished_at))
      from public.run_payloads as payload where payload.run_id = ended.id);
  end if;
  return (
    select jsonb_build_object('run', ended.id, 'workflow', source.slug, 'title', ended.title, 'error', ended.error,
      'input', payload.input, 'failedSteps', (
        select coalesce(jsonb_agg(jsonb_build_object('step', step_key, 'title', title, 'error', error) order by finished_at, step_key), '[]')
        from (
          select step_key, title, error, finished_at from public.steps where run_id = ended.id and status = 'failed'
          order by finished_at limit 20
        ) as failed))
    from public.run_payloads as payload where payload.run_id = ended.id);
end $$;

-- 36-33-open-firings.sql

-- Hands firings that are due to a worker, with what it needs to make an input of each: {id, workspaceId, kind, event, compiled, accepts,
-- raw, rawPath}. Whoever opened one has half a minute before it is handed out again.
create function engine.open_firings(p_limit int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  opened bigint[];
begin
  with taken as (
    update public.firings set due_at = at + interval '30 s', tries = tries + 1
    where id in (
      select id from public.firings where status = 'pending' and due_at <= at order by due_at, id limit p_limit for update skip locked)
    returning id
  ) select coalesce(array_agg(id), '{}') into opened from taken;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', firing.id, 'workspaceId', firing.workspace_id, 'kind', coalesce(source.kind, 'error'),
      'event', engine.firing_event(firing, source.config), 'accepts', source.config ->> 'accepts',
      'compiled', coalesce(source.compiled, (
        select jsonb_build_object('map', '{}'::jsonb, 'base', 'event', 'input', version.plan -> 'input',
          'vars', version.plan -> 'variables', 'version', version.n)
        from public.workflows as told join public.versions as version
          on version.workflow_id = told.id and version.n = told.live_version
        where told.id = firing.workflow_id)),
      'raw', encode(payload.raw, 'base64'), 'rawPath', payload.raw_path) order by firing.slot_at, firing.id), '[]')
    from public.firings as firing
    left join public.triggers as source on source.id = firing.trigger_id
    left join public.firing_payloads as payload on payload.firing_id = firing.id
    where firing.id = any (opened)
  );
end $$;

-- 36-34-fire-trigger.sql

-- Starts the run of a firing a worker has opened, or closes it with the worker's reason: `p_start` {version, input} or {error}. A firing
-- that is closed already, by whomever, stays as it is. Called by the worker.
create function engine.fire_trigger(p_firing bigint, p_start jsonb)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  firing public.firings;
begin
  select * into firing from public.firings where id = p_firing and status = 'pending' for update;
  if firing.id is null then
    return jsonb_build_object('outcome', 'closed');
  elsif p_start ? 'error' then
    return engine.close_firing(firing.id, p_start -> 'error');
  end if;
  begin
    return engine.start_firing(firing, p_start);
  exception when others then
    -- A full queue, or a moment's trouble: asked again, later each time, and given up after a day.
    if firing.created_at < clock_timestamp() - interval '1 day' then
      return engine.close_firing(firing.id, jsonb_build_object('class', 'transient', 'code', coalesce(engine.code_of(sqlstate, sqlerrm), 'not_started'),
        'message', left(engine.message_of(sqlerrm), 500)));
    end if;
    update public.firings set due_at = engine.now() + least(make_interval(secs => 2 ^ least(tries, 9)), interval '5 minutes'),
      error = jsonb_build_object('class', 'transient', 'code', coalesce(engine.code_of(sqlstate, sqlerrm), 'not_started'),
        'message', left(engine.message_of(sqlerrm), 500))
    where id = firing.id;
    return jsonb_build_object('outcome', 'later');
  end;
end $$;

-- 36-35-due-triggers.sql

-- Schedules that are to be looked at, with the database's clock: [{id, config, cursorAt, nextAt, now}], times in milliseconds.
create function engine.due_triggers(p_limit int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', id, 'config', config, 'now', round(extract(epoch from at) * 1000),
      'cursorAt', round(extract(epoch from cursor_at) * 1000), 'nextAt', next_at::text)), '[]')
    from (
      select * from public.triggers where next_at is not null and next_at <= at and live and enabled order by next_at limit p_limit
    ) as due
  );
end $$;

-- 36-36-plan-slots.sql

-- Writes down the slots of a schedule that are due and when to look again, unless another engine did so since: `p_seen` is `next_at` as it
-- was. `p_plan` {slots: [{slot, at}], cursor, next}, times in milliseconds. Returns whether it was ours to write.
create function engine.plan_slots(p_trigger uuid, p_seen text, p_plan jsonb)
returns boolean language plpgsql security definer set search_path = ''
as $$
declare
  source public.triggers;
begin
  update public.triggers
  set cursor_at = to_timestamp((p_plan ->> 'cursor')::double precision / 1000),
    next_at = to_timestamp((p_plan ->> 'next')::double precision / 1000)
  where id = p_trigger and live and enabled and triggers.next_at = p_seen::timestamptz
  returning * into source;
  if source.id is null then
    return false;
  end if;
  insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, due_at, slot_at)
  select source.workspace_id, source.workflow_id, source.id, engine.iso_time(to_timestamp(slot / 1000)), to_timestamp(at / 1000),
    to_timestamp(slot / 1000)
  from jsonb_to_recordset(p_plan -> 'slots') as due (slot double precision, at double precision)
  where exists (select from public.workflows where id = source.workflow_id and status <> 'archived')
  on conflict (workflow_id, trigger_id, dedupe_key) do nothing;
  return true;
end $$;

-- 36-37-firings-due.sql

-- Whether a schedule is to be looked at or a firing waits for a worker.
create function engine.firings_due()
returns boolean language plpgsql volatile set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  return exists (select from public.triggers where next_at is not null and next_at <= at and live and enabled)
    or exists (select from public.firings where status = 'pending' and due_at <= at);
end $$;

-- 36-38-tend-firings.sql

-- Lets held firings go whose earlier run has ended, one per trigger, and removes those closed 30 days ago. Called by the sweep.
create function engine.tend_firings()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  update public.firings set status = 'pending', due_at = at
  where id in (
    select min(held.id) from public.firings as held
    where held.status = 'held' and not exists (
      select from (
        select run_id from public.firings where trigger_id = held.trigger_id and status = 'fired' order by id desc limit 20
      ) as earlier join public.runs as run on run.id = earlier.run_id where run.finished_at is null)
    group by held.trigger_id);
  delete from public.firings
  where id in (select id from public.firings where closed_at < at - interval '30 days' order by closed_at limit 1000);
end $$;

-- 36-39-hook-answer.sql

-- What a waiting webhook is to answer for a run: what its first Respond step said, else how the run ended; {status: 'running'} until then.
create function engine.hook_answer(p_run uuid)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  run public.runs;
  said jsonb;
begin
  select payload.output into said
  from public.steps as step join public.step_payloads as payload using (run_id, step_key, item_path)
  where step.run_id = p_run and step.kind = 'respond' and step.status = 'succeeded'
  order by step.finished_at, step.step_key, step.item_path limit 1;
  if said is not null then
    return jsonb_build_object('status', 'responded', 'response', said);
  end if;
  select * into run from public.runs where id = p_run;
  if run.finished_at is null then
    return jsonb_build_object('status', 'running');
  end if;
  return jsonb_build_object('status', run.status, 'code', run.error ->> 'code', 'output', (
    select output from public.run_payloads where run_id = p_run and run.status = 'succeeded'));
end $$;

-- 40-10-lay-out-version.sql

-- Lays a published plan out for claiming.
create function engine.lay_out_version()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  perform engine.lay_out_steps(new.workspace_id, new.workflow_id, new.n, new.plan);
  perform engine.lay_out_bodies(new.workflow_id, new.n);
  perform engine.lay_out_deps(new.workflow_id, new.n, new.plan);
  update engine.plan_steps as step set connections = array(select jsonb_array_elements_text(planned -> 'connections'))
  from jsonb_array_elements(new.plan -> 'steps') as planned
  where (step.workflow_id, step.version, step.step_key) = (new.workflow_id, new.n, planned ->> 'key') and planned -> 'connections' <> '[]';
  if found then
    perform engine.gate_steps(new.workspace_id, new.workflow_id, new.n, null);
  end if;
  perform engine.lay_out_ahead(new.workflow_id, new.n);
  perform engine.lay_out_bodies_ahead(new.workflow_id, new.n);
  perform engine.lay_out_scopes_ahead(new.workflow_id, new.n);
  return null;
end $$;

create trigger versions_lay_out_plan after insert on public.versions
  for each row execute function engine.lay_out_version();

-- 40-20-record-step-moves.sql

-- Turns every move of a statement on steps into events, and refuses rows that contradict themselves. Old and new rows are paired by hashing,
-- whatever the caller says about joins: the plan made for the first, small statement must also do for a large one.
create function engine.record_step_moves()
returns trigger language plpgsql security definer set search_path = ''
  set enable_hashjoin = on set enable_nestloop = off set enable_mergejoin = off
as $$
declare
  changes engine.step_change[];
  flaw text;
begin
  select array_agg((
      run_id, step_key, item_path, before.status, step.status, step.last_move, step.attempt, step.rank,
      case when step.waiting_for is null and step.port is null and step.error is null and step.items_total is null then '{}'
        else engine.step_event_data(step.status, step.waiting_for, step.port, step.error, step.items_total) end)::engine.step_change)
    filter (where step.status <> before.status or step.last_move <> before.last_move or step.attempt <> before.attempt
      or step.waiting_for is distinct from before.waiting_for),
    min(step_key) filter (where not (
      (step.status = 'running') = (step.lease_until is not null) and (step.status = 'waiting') = (step.waiting_for is not null)
      and (step.status <> 'ready' or step.due_at is not null) and (step.status <> 'failed' or step.error is not null)
      and (step.status in ('succeeded', 'failed', 'skipped', 'cancelled')) = (step.finished_at is not null)
      and step.remaining_deps >= 0 and step.dead_deps >= 0))
  into changes, flaw
  from new_steps as step join old_steps as before using (run_id, step_key, item_path);
  if flaw is not null then
    perform engine.refuse_row(flaw);
  end if;
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_moves after update on public.steps
  referencing old table as old_steps new table as new_steps
  for each statement execute function engine.record_step_moves();

-- 40-21-record-new-steps.sql

-- Counts the steps that bodies and rollbacks add to their run, writes the events of those done ahead, and refuses rows that contradict
-- themselves.
create function engine.record_new_steps()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  changes engine.step_change[];
  flaw text;
begin
  select array_agg((
      run_id, step_key, item_path, case when status = 'succeeded' then 'new' end, status,
      case when status = 'succeeded' then last_move end, attempt, rank,
      engine.step_event_data(status, waiting_for, port, error, items_total))::engine.step_change)
      filter (where status = 'succeeded' or item_path <> '{}' or role = 'rollback'),
    min(step_key) filter (where not (
      (step.status = 'running') = (step.lease_until is not null) and (step.status = 'waiting') = (step.waiting_for is not null)
      and (step.status <> 'ready' or step.due_at is not null) and (step.status <> 'failed' or step.error is not null)
      and (step.status in ('succeeded', 'failed', 'skipped', 'cancelled')) = (step.finished_at is not null)
      and step.remaining_deps >= 0 and step.dead_deps >= 0))
  into changes, flaw
  from new_steps as step;
  if flaw is not null then
    perform engine.refuse_row(flaw);
  end if;
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_new after insert on public.steps
  referencing new table as new_steps
  for each statement execute function engine.record_new_steps();

-- 40-22-record-run-moves.sql

-- Checks and numbers a move of a run before it is stored, and refuses a row that contradicts itself.
create function engine.number_run_move()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if new.status = old.status and new.last_move = old.last_move and new.lane = old.lane and new.priority = old.priority
    and new.waiting_for is not distinct from old.waiting_for and new.cancel_requested_at is not distinct from old.cancel_requested_at
    and new.paused_at is not distinct from old.paused_at and new.budgets is not distinct from old.budgets
    and new.budget_warning is not distinct from old.budget_warning then
    return new;
  end if;
  if not exists (
    select from engine.run_moves
    where (from_status, to_status, event_kind) = (old.status, new.status, new.last_move)
  ) then
    perform engine.refuse_move('Run ' || new.id, old.status, new.status, new.last_move);
  end if;
  if (new.status = 'waiting') <> (new.waiting_for is not null) or (new.status = 'failed' and new.error is null)
    or (new.status in ('succeeded', 'failed', 'cancelled')) <> (new.finished_at is not null) or new.finished_at < new.started_at then
    perform engine.raise('RB001', format('Run %s would be %s, which its reason, times or error contradict.', new.id, new.status),
      'This is a fault of the engine; nothing was changed.');
  end if;
  new.last_seq := new.last_seq + 1;
  new.move_seq := new.last_seq;
  return new;
end $$;

-- Writes the events of new runs, or of those runs of a statement that moved, and notes starts and ends for the rollups. An update that
-- moved none costs one look. New runs are born with the number 1; that they may be as they are is checked here.
create function engine.record_run_moves()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  moved uuid[];
begin
  if tg_op = 'INSERT' then
    with event as (
      insert into public.run_events (run_created_at, run_id, seq, workspace_id, kind, status, at, data, counts)
      select created_at, id, last_seq, workspace_id,
        coalesce(case when waiting_for is null and finished_at is null and move_seq = 1 and last_seq = 1 then legal.event_kind end,
          engine.refuse_move('Run ' || id, 'nothing', status, last_move)),
        status, created_at, jsonb_build_object('lane', lane, 'priority', priority), counts
      from new_runs left join engine.run_moves as legal on (from_status, to_status, event_kind) = ('none', status, last_move)
    )
    insert into engine.rollup_deltas (sign, at, run_id, workspace_id, workflow_id, lane, created_at, retry_count)
    select 1, created_at, id, workspace_id, workflow_id, lane, created_at, retry_count from new_runs;
    return null;
  end if;
  -- Not by a join, which would compare all runs of a large report with all.
  moved := array(
    select id from new_runs where move_seq = last_seq and (id, move_seq) not in (select id, move_seq from old_runs));
  if cardinality(moved) = 0 then
    return null;
  end if;
  insert into public.run_events (run_created_at, run_id, seq, workspace_id, kind, status, at, data, counts)
  select created_at, id, last_seq, workspace_id, last_move, status, engine.now(),
    jsonb_strip_nulls(jsonb_build_object(
      'waitingFor', waiting_for, 'lane', lane, 'priority', priority, 'errorCode', error ->> 'code', 'retryCount', nullif(retry_count, 0),
      'cancelRequested', case when cancel_requested_at is not null then true end,
      'paused', case when paused_at is not null then true end, 'budgetWarning', budget_warning)),
    counts
  from new_runs where id = any (moved);
  insert into engine.rollup_deltas (
    sign, ended, at, run_id, workspace_id, workflow_id, lane, created_at, started_at, retry_count, usage)
  select 1, case when finished_at is not null then status end, coalesce(finished_at, created_at), id, workspace_id, workflow_id, lane,
    created_at, started_at, retry_count, case when finished_at is not null then usage end
  from new_runs where id = any (moved) and last_move in ('run.succeeded', 'run.failed', 'run.cancelled');
  if exists (select from new_runs where last_move = 'run.retried' and id = any (moved)) then
    insert into engine.rollup_deltas
    select -1, status, finished_at, id, workspace_id, workflow_id, lane, created_at, started_at, retry_count, usage
    from old_runs where finished_at is not null;
  end if;
  return null;
end $$;

create trigger runs_record_insert after insert on public.runs
  referencing new table as new_runs
  for each statement execute function engine.record_run_moves();

-- By the columns a statement sets, which costs nothing where it sets none of them; a condition would be read anew from its text each time.
create trigger runs_number_move before update of status, last_move, lane, priority, waiting_for, cancel_requested_at, finished_at, paused_at,
    budgets, budget_warning
  on public.runs for each row execute function engine.number_run_move();
create trigger runs_record_moves after update on public.runs
  referencing old table as old_runs new table as new_runs
  for each statement execute function engine.record_run_moves();

-- 40-30-announce-events.sql

-- Broadcasts the envelopes of new events: one message per topic and statement (large ones in parts of 500 events). It writes where
-- realtime.send writes, many rows at once; like there, a broadcast that fails never fails the move: viewers read what they missed.
-- The envelopes are put together as text and read as jsonb once; times are mostly one and the same, so one is kept at hand. Keys, kinds
-- and statuses are words without quotes.
create function engine.announce_events()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  first_at timestamptz;
  first_time text;
begin
  select at into first_at from new_events limit 1;
  first_time := engine.iso_time(first_at);
  insert into realtime.messages (topic, extension, event, payload, private)
  select topic, 'broadcast', 'run_events', concat('{"events":[', string_agg(envelope, ',' order by run_id, seq), ']}')::jsonb, true
  from (
    select case place when 1 then 'run:' || run_id else 'workspace:' || workspace_id end as topic,
      case place when 1 then seq / 500 else 0 end as part, run_id, seq,
      concat('{"runId":"', run_id, '","seq":', seq, ',"kind":"', kind, '","status":"', status, '","at":"',
        case when at = first_at then first_time else engine.iso_time(at) end, '"', ',"step":"' || step_key || '"',
        ',"item":' || case when item_path = '{}' then '[]' else translate(item_path::text, '{}', '[]') end,
        ',"attempt":' || attempt, ',"counts":' || counts::text, '}') as envelope
    from new_events cross join generate_series(1, 2) as place
    where place = 1 or kind like 'run.%'
  ) as event
  group by topic, part;
  return null;
exception when others then
  raise warning 'Events were not broadcast: % (%)', sqlerrm, sqlstate;
  return null;
end $$;

create trigger run_events_announce after insert on public.run_events
  referencing new table as new_events
  for each statement execute function engine.announce_events();

-- 40-40-release-waiters.sql

-- Lets waiting runs try again when a lane's limit or pause changes.
create function engine.release_lane_waiters()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if not new.paused then
    -- What was admitted waits for a lane only while that is paused. Such a run may show another wait, or still be running; and it may be about
    -- to be held by a claim that read the lane before this: so all of them are locked, before the lane's gate as everywhere.
    perform engine.release_held(array(
      select id from public.runs
      where workspace_id = new.workspace_id and lane = new.name and admitted_at is not null and finished_at is null
      order by id for no key update), 'lane');
  end if;
  perform engine.release_lane(new.workspace_id, new.name);
  return null;
end $$;

create trigger lanes_release_waiters after update on public.lanes
  for each row when (new.wip_limit is distinct from old.wip_limit or new.paused <> old.paused)
  execute function engine.release_lane_waiters();

-- Lets paused runs try again when their workflow's pause ends.
create function engine.release_workflow_waiters()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  perform engine.release_held(array(
    select id from public.runs
    where workflow_id = new.id and finished_at is null and paused_at is null and (counts -> 'waiting')::int > 0
    order by id for no key update), 'limit', 'pause');
  return null;
end $$;

create trigger workflows_release_waiters after update on public.workflows
  for each row when (old.status = 'paused' and new.status <> 'paused')
  execute function engine.release_workflow_waiters();

-- 40-41-gate-connections.sql

-- Keeps in step with a connection's limits which plan steps are looked at when they are claimed, and lets those go that waited for old limits.
create function engine.gate_connection()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform engine.gate_steps(old.workspace_id, null, null, old.slug);
    old.limits := null;
    perform engine.release_connection(old);
    return null;
  end if;
  perform engine.gate_steps(new.workspace_id, null, null, new.slug);
  perform engine.release_connection(new);
  return null;
end $$;

create trigger connections_gate_new after insert on public.connections
  for each row when (new.limits is not null) execute function engine.gate_connection();
create trigger connections_gate after update of limits on public.connections
  for each row when (new.limits is distinct from old.limits) execute function engine.gate_connection();
create trigger connections_open after delete on public.connections
  for each row when (old.limits is not null) execute function engine.gate_connection();

-- 40-50-delete-run-parts.sql

-- Deletes what hangs off a deleted run without a foreign key, which these tables do without for the speed of inserts.
create function engine.delete_run_parts()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.steps where run_id in (select id from old_runs);
  delete from engine.items where run_id in (select id from old_runs);
  delete from public.step_payloads where run_id in (select id from old_runs);
  delete from public.attempts where run_id in (select id from old_runs);
  delete from public.attempt_payloads where run_id in (select id from old_runs);
  delete from public.run_events using old_runs where run_created_at = old_runs.created_at and run_id = old_runs.id;
  return null;
end $$;

-- The same when all runs go at once.
create function engine.truncate_run_parts()
returns trigger language plpgsql set search_path = ''
as $$
begin
  truncate public.steps, engine.items, public.step_payloads, public.attempts, public.attempt_payloads, public.run_events;
  return null;
end $$;

create trigger runs_truncate_parts after truncate on public.runs
  for each statement execute function engine.truncate_run_parts();

create trigger runs_delete_parts after delete on public.runs
  referencing old table as old_runs
  for each statement execute function engine.delete_run_parts();

-- 50-add-member.sql

-- Adds an existing account to a workspace by its address. Owners only.
create function public.add_member(workspace uuid, email text, role text, may_see_payloads boolean default false)
returns public.members language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  added public.members;
begin
  perform engine.check_role(role);
  insert into public.members (workspace_id, user_id, role, may_see_payloads)
  select workspace, profiles.user_id, add_member.role, coalesce(add_member.may_see_payloads, false)
  from public.profiles where lower(profiles.email) = lower(btrim(add_member.email))
  on conflict do nothing
  returning * into added;
  if added.user_id is null then
    -- One answer for both, so that an owner cannot probe which addresses have accounts.
    perform engine.raise('RB409', 'Nobody was added: the address has no account here, or is a member already.',
      'Ask the person to sign up with this address, then add them again.');
  end if;
  perform engine.write_audit(workspace, actor, 'member.added', added.user_id::text,
    jsonb_build_object('role', added.role, 'maySeePayloads', added.may_see_payloads));
  return added;
end $$;

-- 50-change-member.sql

-- Changes a member's role or payload right; null leaves it as it is. Owners only.
create function public.change_member(
  workspace uuid, member uuid, role text default null, may_see_payloads boolean default null
)
returns public.members language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  changed public.members;
begin
  if role is not null then
    perform engine.check_role(role);
  end if;
  perform engine.lock_members(workspace, member, coalesce(role, (
    select members.role from public.members where workspace_id = workspace and user_id = member
  )));
  update public.members
  set
    role = coalesce(change_member.role, members.role),
    may_see_payloads = coalesce(change_member.may_see_payloads, members.may_see_payloads)
  where workspace_id = workspace and user_id = member
  returning * into changed;
  perform engine.write_audit(workspace, actor, 'member.changed', member::text,
    jsonb_build_object('role', changed.role, 'maySeePayloads', changed.may_see_payloads));
  return changed;
end $$;

-- 50-check-draft-doc.sql

-- Refuses a draft that is no canvas document or is over 10 MB; create_workflow and save_draft call it. What is in the document is
-- the compiler's business: an unfinished draft may be saved.
create function engine.check_draft_doc(p_doc jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  if p_doc is null or jsonb_typeof(p_doc) <> 'object' or jsonb_typeof(p_doc -> 'nodes') is distinct from 'array'
    or jsonb_typeof(p_doc -> 'edges') is distinct from 'array' then
    perform engine.raise(
      'RB422',
      'This is not a canvas document: it needs the lists nodes and edges.',
      'Open the document in the builder, or check the file you import.'
    );
  end if;
  if octet_length(p_doc::text) > 10 * 1024 * 1024 then
    perform engine.raise(
      'RB413', 'The canvas document is over 10 MB.', 'Move large literals and pinned outputs out of the workflow.'
    );
  end if;
end $$;

-- 50-check-patch.sql

-- Refuses a patch with keys it does not know or values of another JSON type; `null` is allowed for types that end in `?`.
create function engine.check_patch(p_patch jsonb, p_types jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  known constant text := (select string_agg(key, ', ' order by key) from jsonb_object_keys(p_types) as key);
  wrong text;
begin
  if jsonb_typeof(p_patch) is distinct from 'object' then
    perform engine.raise('RB422', 'The change must be an object.', format('Known keys: %s.', known));
  end if;
  select key into wrong
  from jsonb_each(p_patch) as given (key, value)
  where p_types ->> key is null
    or not (
      jsonb_typeof(value) = rtrim(p_types ->> key, '?')
      or (jsonb_typeof(value) = 'null' and right(p_types ->> key, 1) = '?')
    )
  order by key limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('"%s" cannot be changed this way.', wrong), format('Known keys: %s.', known),
      case when p_types ? wrong then format('Expected: %s.', p_types ->> wrong) end);
  end if;
end $$;

-- 50-check-role.sql

-- Refuses a word that is no role; add_member and change_member call it.
create function engine.check_role(p_role text)
returns void language plpgsql set search_path = ''
as $$
begin
  if engine.role_rank(p_role) is null then
    perform engine.raise('RB422', format('"%s" is not a role.', coalesce(p_role, '')), 'Roles: owner, editor, operator, viewer.');
  end if;
end $$;

-- 50-create-workflow.sql

-- Makes a workflow with its draft. Without a slug one is made of the title and numbered until it is free.
create function public.create_workflow(
  workspace uuid, slug text, title text, description text default '', doc jsonb default null
)
returns public.workflows language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'editor');
  base constant text := coalesce(create_workflow.slug, engine.slugify(create_workflow.title, 'workflow'));
  content constant jsonb := coalesce(doc, '{"schemaVersion": 1, "nodes": [], "edges": []}');
  candidate text := base;
  made public.workflows;
begin
  if length(btrim(coalesce(create_workflow.title, ''))) not between 1 and 120 then
    perform engine.raise('RB422', 'A workflow needs a title of 1 to 120 characters.', 'Give it another title.');
  end if;
  if length(coalesce(create_workflow.description, '')) > 2000 then
    perform engine.raise('RB422', 'The description is over 2,000 characters.', 'Shorten it; notes on the canvas may be longer.');
  end if;
  if base !~ '^[a-z][a-z0-9-]{0,62}$' then
    perform engine.raise('RB422', format('"%s" cannot be a slug.', base),
      'Use up to 63 lower-case letters, digits and -, starting with a letter.');
  end if;
  perform engine.check_draft_doc(content);
  for suffix in 2 .. 1001 loop
    insert into public.workflows (workspace_id, slug, title, description, created_by)
    values (workspace, candidate, btrim(create_workflow.title), coalesce(create_workflow.description, ''), actor)
    on conflict on constraint workflows_workspace_id_slug_key do nothing returning * into made;
    exit when made.id is not null or create_workflow.slug is not null;
    candidate := base || '-' || suffix;
  end loop;
  if made.id is null then
    perform engine.raise('RB409', format('This workspace already has a workflow "%s".', base),
      'Choose another slug, or leave it out to get a free one.');
  end if;
  insert into public.drafts (workflow_id, workspace_id, doc, updated_by) values (made.id, workspace, content, actor);
  return made;
end $$;

-- 50-create-workspace.sql

-- Makes a workspace with four lanes; the caller becomes its owner. Called by the app's first-run page and workspace menu.
create function public.create_workspace(name text)
returns public.workspaces language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.current_user_id();
  title constant text := btrim(coalesce(create_workspace.name, ''));
  wanted constant text := engine.slugify(title, 'workspace');
  made public.workspaces;
begin
  if actor is null then
    perform engine.raise('RB401', 'Nobody is signed in.', 'Sign in and try again.');
  end if;
  if length(title) not between 1 and 80 then
    perform engine.raise('RB422', 'A workspace needs a name of 1 to 80 characters.', 'Give it another name.');
  end if;
  insert into public.workspaces (slug, name, created_by) values (wanted, title, actor)
  on conflict (slug) do nothing returning * into made;
  if made.id is null then
    -- A counter would tell how many others chose the name.
    insert into public.workspaces (slug, name, created_by)
    values (wanted || '-' || left(replace(gen_random_uuid()::text, '-', ''), 6), title, actor) returning * into made;
  end if;
  insert into public.members (workspace_id, user_id, role, may_see_payloads) values (made.id, actor, 'owner', true);
  insert into public.lanes (workspace_id, name, title, colour, position) values
    (made.id, 'A', 'Interactive', '#0f9d8a', 1),
    (made.id, 'B', 'Standard', '#3b82c4', 2),
    (made.id, 'C', 'Background', '#b7791f', 3),
    (made.id, 'D', 'Experiments', '#b4508f', 4);
  perform engine.write_audit(made.id, actor, 'workspace.created', made.slug, jsonb_build_object('name', title));
  return made;
end $$;

-- 50-delete-connection.sql

-- Deletes a connection with its secret and tools. Steps that name it fail with a clear error until it exists again.
create function public.delete_connection(workspace uuid, slug text)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'editor');
begin
  delete from public.connections where workspace_id = workspace and connections.slug = delete_connection.slug;
  if not found then
    perform engine.raise('RB404', format('There is no connection "%s" in this workspace.', delete_connection.slug),
      'It may have been deleted already; reload the list.');
  end if;
  perform engine.write_audit(workspace, actor, 'connection.deleted', delete_connection.slug);
  return jsonb_build_object('deleted', delete_connection.slug);
end $$;

-- 50-lock-members.sql

-- Lets one change of a workspace's members happen at a time, so that two owners cannot remove each other at once, and refuses a
-- change that would leave no owner; change_member and remove_member call it before they change `p_user`.
create function engine.lock_members(p_workspace uuid, p_user uuid, p_next_role text)
returns void language plpgsql set search_path = ''
as $$
begin
  perform from public.workspaces where id = p_workspace for update;
  if not exists (select from public.members where workspace_id = p_workspace and user_id = p_user) then
    perform engine.raise('RB404', 'This account is not a member of the workspace.', 'Reload the list of members.');
  end if;
  if p_next_role is distinct from 'owner' and not exists (
    select from public.members where workspace_id = p_workspace and role = 'owner' and user_id <> p_user
  ) then
    perform engine.raise('RB409', 'This is the last owner of the workspace.', 'Make somebody else an owner first.');
  end if;
end $$;

-- 50-remove-member.sql

-- Takes an account out of a workspace: owners anybody, others themselves.
create function public.remove_member(workspace uuid, member uuid)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(
    workspace, case when member = engine.current_user_id() then 'viewer' else 'owner' end
  );
begin
  perform engine.lock_members(workspace, member, null);
  delete from public.members where workspace_id = workspace and user_id = member;
  perform engine.write_audit(workspace, actor, 'member.removed', member::text);
  return jsonb_build_object('removed', member);
end $$;

-- 50-save-draft.sql

-- Stores a draft if nobody else stored one since the revision the caller started from. Called by the builder's autosave.
create function public.save_draft(workflow uuid, doc jsonb, revision int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor uuid;
  stored public.drafts;
begin
  select * into stored from public.drafts where workflow_id = workflow;
  actor := engine.require_role(stored.workspace_id, 'editor', 'workflow');
  perform engine.check_draft_doc(doc);
  update public.drafts
  set doc = save_draft.doc, revision = drafts.revision + 1, updated_by = actor, updated_at = clock_timestamp()
  where workflow_id = workflow and drafts.revision = save_draft.revision
  returning * into stored;
  if not found then
    select * into stored from public.drafts where workflow_id = workflow;
    perform engine.raise(
      'RB409',
      format('The draft was saved elsewhere: it is at revision %s, your changes start from %s.', stored.revision,
        coalesce(save_draft.revision::text, 'none')),
      'Load the draft again and repeat your change, or keep yours as a copy.'
    );
  end if;
  update public.workflows set updated_at = stored.updated_at where id = workflow;
  return jsonb_build_object('revision', stored.revision, 'updated_at', stored.updated_at);
end $$;

-- 50-set-lane.sql

-- Changes a lane's title, colour, limit or pause; `"wip_limit": null` removes the limit. Keys left out stay. Owners only.
create function public.set_lane(workspace uuid, name text, patch jsonb)
returns public.lanes language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  changed public.lanes;
begin
  perform engine.check_patch(
    patch, '{"title": "string", "colour": "string", "wip_limit": "number?", "paused": "boolean"}'
  );
  begin
    update public.lanes
    set
      title = coalesce(btrim(patch ->> 'title'), title),
      colour = coalesce(lower(patch ->> 'colour'), colour),
      wip_limit = case when patch ? 'wip_limit' then (patch ->> 'wip_limit')::int else wip_limit end,
      paused = coalesce((patch ->> 'paused')::boolean, paused)
    where workspace_id = workspace and lanes.name = set_lane.name
    returning * into changed;
  exception when check_violation or invalid_text_representation or numeric_value_out_of_range then
    perform engine.raise('RB422', 'The lane cannot take these values.',
      'Title: 1 to 40 characters; colour: like #3b82c4; limit: a whole number above 0, or null for none.');
  end;
  if changed.name is null then
    perform engine.raise('RB404', format('There is no lane "%s" in this workspace.', set_lane.name), 'Choose one of the lanes shown.');
  end if;
  perform engine.write_audit(workspace, actor, 'lane.changed', changed.name, patch);
  return changed;
end $$;

-- 50-set-workspace.sql

-- Changes a workspace's name or its limit of unfinished runs. Keys left out stay. Owners only.
create function public.set_workspace(workspace uuid, patch jsonb)
returns public.workspaces language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  changed public.workspaces;
begin
  perform engine.check_patch(patch, '{"name": "string", "max_open_runs": "number"}');
  begin
    update public.workspaces
    set name = coalesce(btrim(patch ->> 'name'), name), max_open_runs = coalesce((patch ->> 'max_open_runs')::int, max_open_runs)
    where id = workspace returning * into changed;
  exception when check_violation or invalid_text_representation or numeric_value_out_of_range then
    perform engine.raise('RB422', 'The workspace cannot take these values.',
      'Name: 1 to 80 characters; limit of unfinished runs: a whole number from 1 to 1,000,000.');
  end;
  perform engine.write_audit(workspace, actor, 'workspace.changed', changed.slug, patch);
  return changed;
end $$;

-- 50-update-workflow.sql

-- Changes a workflow's title, description, status or tags; `archived` is how a workflow is deleted. Keys left out stay.
create function public.update_workflow(workflow uuid, patch jsonb)
returns public.workflows language plpgsql security definer set search_path = ''
as $$
declare
  actor uuid;
  before public.workflows;
  after public.workflows;
begin
  select * into before from public.workflows where id = workflow;
  actor := engine.require_role(before.workspace_id, 'editor', 'workflow');
  perform engine.check_patch(patch, '{"title": "string", "description": "string", "status": "string", "tags": "array"}');
  begin
    update public.workflows
    set
      title = coalesce(btrim(patch ->> 'title'), title),
      description = coalesce(patch ->> 'description', description),
      status = coalesce(patch ->> 'status', status),
      tags = case when patch ? 'tags' then array(select jsonb_array_elements_text(patch -> 'tags')) else tags end,
      updated_at = clock_timestamp()
    where id = workflow
    returning * into after;
  exception when check_violation then
    perform engine.raise('RB422', 'The workflow cannot take these values.',
      'Title: 1 to 120 characters; description: up to 2,000; status: active, paused or archived; tags: up to 20.');
  end;
  if after.status <> before.status then
    perform engine.write_audit(after.workspace_id, actor, 'workflow.' || after.status, after.slug,
      jsonb_build_object('from', before.status));
  end if;
  return after;
end $$;

-- 51-get-connection.sql

-- A connection with its sealed secret, for a worker that is about to use it; null when there is none of that name.
create function engine.get_connection(p_workspace uuid, p_slug text)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  found jsonb;
begin
  select jsonb_build_object(
    'id', connections.id, 'slug', connections.slug, 'kind', connections.kind, 'baseUrl', connections.base_url,
    'hosts', to_jsonb(connections.hosts), 'config', connections.config, 'secret', secrets.sealed
  ) into found
  from public.connections
  left join engine.connection_secrets as secrets on secrets.connection_id = connections.id
  where connections.workspace_id = p_workspace and connections.slug = p_slug;
  return found;
end $$;

-- 51-publish-version.sql

-- Stores a compiled draft as the next version; the publish function calls it, as the only way a version comes to be. A published
-- version goes live at once, a test version never does; storing the same plan for a test twice gives the same version.
create function engine.publish_version(
  p_user uuid, p_workflow uuid, p_graph jsonb, p_plan jsonb, p_plan_hash text, p_name text, p_channel text
)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  target public.workflows;
  next_n int;
begin
  select * into target from public.workflows where id = p_workflow;
  perform engine.require_role(target.workspace_id, 'editor', 'workflow', p_user);
  if p_channel is null or p_channel not in ('published', 'test') then
    perform engine.raise('RB422', format('"%s" is not a channel.', coalesce(p_channel, '')), 'Channels: published, test.');
  end if;
  if p_plan ->> 'planHash' is distinct from p_plan_hash or p_plan_hash !~ '^[0-9a-f]{64}$' then
    perform engine.raise('RB422', 'The plan does not carry the hash it was sent with.', 'Publish the draft again.');
  end if;
  select * into target from public.workflows where id = p_workflow for update;
  if target.status = 'archived' then
    perform engine.raise('RB409', format('"%s" is archived, so nothing can be published.', target.title), 'Restore the workflow first.');
  end if;
  if p_channel = 'test' then
    select max(n) into next_n from public.versions where workflow_id = p_workflow and channel = 'test' and plan_hash = p_plan_hash;
    if next_n is not null then
      return jsonb_build_object('n', next_n, 'planHash', p_plan_hash);
    end if;
  end if;
  select coalesce(max(n), 0) + 1 into next_n from public.versions where workflow_id = p_workflow;
  insert into public.versions (workflow_id, n, workspace_id, name, channel, graph, plan, plan_hash, created_by)
  values (p_workflow, next_n, target.workspace_id, coalesce(left(p_name, 120), ''), p_channel, p_graph, p_plan, p_plan_hash, p_user);
  if p_channel = 'published' then
    update public.workflows set live_version = next_n, updated_at = clock_timestamp() where id = p_workflow;
  end if;
  perform engine.write_audit(target.workspace_id, p_user, 'version.' || p_channel, target.slug,
    jsonb_build_object('version', next_n, 'planHash', p_plan_hash));
  return jsonb_build_object('n', next_n, 'planHash', p_plan_hash);
end $$;

-- 51-put-connection.sql

-- Makes or changes a connection: `p_connection` {slug, kind, title, baseUrl, hosts, config, limits?}, `p_secret` a sealed secret or null to
-- keep the stored one. A stored secret never follows a connection to other hosts: they need it given again. Returns the row.
create function engine.put_connection(p_user uuid, p_workspace uuid, p_connection jsonb, p_secret jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  given constant jsonb := jsonb_strip_nulls(p_connection);
  given_slug constant text := given ->> 'slug';
  given_hosts constant text[] := array(select jsonb_array_elements_text(coalesce(given -> 'hosts', '[]')));
  seals constant boolean := jsonb_typeof(p_secret) = 'object';
  before public.connections;
  after public.connections;
begin
  perform engine.require_role(p_workspace, 'editor', 'workspace', p_user);
  select * into before from public.connections where workspace_id = p_workspace and slug = given_slug for update;
  if before.has_secret and not coalesce(seals, false) and (
    before.kind <> given ->> 'kind' or before.base_url is distinct from given ->> 'baseUrl' or not given_hosts <@ before.hosts
  ) then
    perform engine.raise('RB422', 'The connection would take its stored secret to another address.', 'Enter the secret again.');
  end if;
  begin
    insert into public.connections (workspace_id, slug, kind, title, base_url, hosts, config, has_secret, limits, created_by)
    values (
      p_workspace, given_slug, given ->> 'kind', coalesce(given ->> 'title', given_slug), given ->> 'baseUrl', given_hosts,
      coalesce(given -> 'config', '{}'), coalesce(seals, false), given -> 'limits', p_user
    )
    on conflict (workspace_id, slug) do update
    set
      kind = excluded.kind, title = excluded.title, base_url = excluded.base_url, hosts = excluded.hosts,
      config = excluded.config, limits = case when p_connection ? 'limits' then excluded.limits else connections.limits end, has_secret = connections.has_secret or excluded.has_secret, status = 'active'
    returning * into after;
  exception when check_violation or not_null_violation then
    perform engine.raise('RB422', 'The connection cannot take these values.',
      'Slug: lower-case letters, digits and -; kind: http, mcp, anthropic, openai, openai-compatible or signing; address: http:// or https://.');
  end;
  if seals then
    insert into engine.connection_secrets (connection_id, sealed) values (after.id, p_secret)
    on conflict (connection_id) do update
    set sealed = excluded.sealed, version = connection_secrets.version + 1, updated_at = clock_timestamp();
  end if;
  perform engine.write_audit(p_workspace, p_user,
    case when before.id is null then 'connection.created' else 'connection.changed' end, given_slug,
    jsonb_build_object('kind', after.kind, 'hosts', to_jsonb(after.hosts), 'secretGiven', coalesce(seals, false)));
  return to_jsonb(after);
end $$;

-- 51-put-tools.sql

-- Records what an MCP connection offers now, `p_tools` in the shape of core's Tool: a tool with another hash is `changed`, one that
-- is no longer offered `missing`. Returns all tools of the connection. The tools function calls it after asking the server.
create function engine.put_tools(p_user uuid, p_workspace uuid, p_connection text, p_tools jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  perform engine.require_role(p_workspace, 'editor', 'workspace', p_user);
  perform from public.connections where workspace_id = p_workspace and slug = p_connection and kind = 'mcp' for update;
  if not found then
    perform engine.raise('RB404', format('There is no MCP connection "%s" in this workspace.', p_connection), 'Add the server first.');
  end if;
  insert into public.tools (
    workspace_id, connection, name, title, description, input_schema, output_schema, annotations, effect, effect_from, schema_hash
  )
  select
    p_workspace, p_connection, given ->> 'name', coalesce(given ->> 'title', given ->> 'name'),
    coalesce(given ->> 'description', ''), given -> 'inputSchema', given -> 'outputSchema',
    coalesce(given -> 'annotations', '{}'), given ->> 'effect', given ->> 'effectFrom', given ->> 'schemaHash'
  from jsonb_array_elements(p_tools) as given
  on conflict (workspace_id, connection, name) do update
  set
    title = excluded.title, description = excluded.description, input_schema = excluded.input_schema,
    output_schema = excluded.output_schema, annotations = excluded.annotations, effect = excluded.effect,
    effect_from = excluded.effect_from, schema_hash = excluded.schema_hash, seen_at = clock_timestamp(),
    status = case when tools.schema_hash = excluded.schema_hash then 'active' else 'changed' end;
  update public.tools set status = 'missing'
  where workspace_id = p_workspace and connection = p_connection
    and name not in (select given ->> 'name' from jsonb_array_elements(p_tools) as given);
  perform engine.write_audit(p_workspace, p_user, 'connection.tools_refreshed', p_connection,
    jsonb_build_object('tools', jsonb_array_length(p_tools)));
  return (
    select coalesce(jsonb_agg(engine.tool_json(tools) order by name), '[]')
    from public.tools where workspace_id = p_workspace and connection = p_connection
  );
end $$;

-- 51-surroundings.sql

-- What the compiler may refer to in a workspace, in the shape of core's Surroundings; the publish function calls it.
create function engine.surroundings(p_user uuid, p_workspace uuid)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  perform engine.require_role(p_workspace, 'viewer', 'workspace', p_user);
  return jsonb_build_object(
    'tools', (
      select coalesce(jsonb_agg(engine.tool_json(tools) order by connection, name), '[]')
      from public.tools where workspace_id = p_workspace
    ),
    'workflows', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'slug', workflows.slug, 'title', workflows.title, 'version', versions.n,
            'input', versions.plan -> 'input', 'output', versions.plan -> 'outputSchema'
          ) order by workflows.slug
        ),
        '[]'
      )
      from public.workflows
      join public.versions on versions.workflow_id = workflows.id and versions.n = workflows.live_version
      where workflows.workspace_id = p_workspace and workflows.status <> 'archived'
    ),
    'connections', (
      select coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'kind', kind, 'hosts', to_jsonb(hosts)) order by slug), '[]')
      from public.connections where workspace_id = p_workspace
    )
  );
end $$;

-- 51-tool-json.sql

-- A tools row in the shape of core's Tool.
create function engine.tool_json(p_tool public.tools)
returns jsonb language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'connection', p_tool.connection, 'name', p_tool.name, 'title', p_tool.title, 'description', p_tool.description,
    'inputSchema', p_tool.input_schema, 'annotations', p_tool.annotations, 'effect', p_tool.effect,
    'effectFrom', p_tool.effect_from, 'schemaHash', p_tool.schema_hash, 'status', p_tool.status, 'seenAt', p_tool.seen_at
  ) || case
    when p_tool.output_schema is null then '{}'::jsonb
    else jsonb_build_object('outputSchema', p_tool.output_schema)
  end
$$;

-- 55-cancel-run.sql

-- Asks a run to end. What does not run ends at once; a running step is told and has ten seconds. Ending an ended run changes nothing.
-- Operators.
create function public.cancel_run(run uuid)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  perform from public.runs where id = run for no key update;
  perform engine.cancel_locked_run(run, actor);
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  select * into target from public.runs where id = run;
  if target.cancelled_by = actor then
    perform engine.write_audit(target.workspace_id, actor, 'run.cancelled', run::text, jsonb_build_object('title', target.title));
  end if;
  return jsonb_build_object('status', target.status);
end $$;

-- 55-decide-approval.sql

-- Records a person's decision on an open question. For an approval: approved or rejected (the quorum of approvals decides, one rejection
-- rejects), with an edited payload if the question allows it; for a check's question the same becomes its verdict. For a step of unknown
-- outcome: do_it_again, treat_as_done (payload = its output) or fail. Needs one of the question's roles, or to be named in it.
create function public.decide_approval(approval uuid, verdict text, comment text default null, payload jsonb default null)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  question public.approvals;
  actor uuid;
  step engine.step_ref;
  approvals_now int;
begin
  select * into question from public.approvals where id = approval;
  actor := engine.require_role(question.workspace_id, 'viewer', 'question');
  perform engine.check_verdict(question, actor, verdict, payload);
  -- Run first: it serialises every decision on this run with its moves.
  perform from public.runs where id = question.run_id for no key update;
  select * into question from public.approvals where id = approval for update;
  if question.status <> 'open' then
    perform engine.raise('RB409', format('This was decided already: %s.', question.status), 'Reload to see by whom.');
  end if;
  if exists (select from jsonb_array_elements(question.votes) as vote where vote ->> 'by' = actor::text) then
    perform engine.raise('RB409', 'You have voted on this already.', 'The others have to decide now.');
  end if;
  update public.approvals set votes = votes || jsonb_strip_nulls(jsonb_build_object(
    'by', actor, 'verdict', decide_approval.verdict, 'comment', decide_approval.comment, 'at', engine.iso_time(engine.now())))
  where id = approval returning * into question;
  select count(*) into approvals_now from jsonb_array_elements(question.votes) as vote where vote ->> 'verdict' = 'approved';
  perform engine.write_audit(question.workspace_id, actor, 'approval.' || verdict, approval::text,
    jsonb_strip_nulls(jsonb_build_object('run', question.run_id, 'step', question.step_key, 'comment', comment)));
  if verdict = 'approved' and approvals_now < coalesce((question.approvers ->> 'quorum')::int, 1) then
    return jsonb_build_object('status', 'open');
  end if;
  update public.approvals set decided_at = engine.now(),
    status = case when verdict in ('rejected', 'fail') then 'rejected' else 'approved' end,
    response = jsonb_strip_nulls(jsonb_build_object('decision', verdict, 'by', actor, 'comment', decide_approval.comment, 'payload', decide_approval.payload))
  where id = approval returning * into question;
  step := (question.run_id, question.step_key, question.item_path)::engine.step_ref;
  if question.purpose = 'reconcile' then
    perform engine.apply_reconcile(step, verdict, payload);
  elsif question.purpose = 'verifier' then
    perform engine.answer_check(question, verdict);
    perform engine.finish_waits(array[step]);
  else
    perform engine.complete_step(step, verdict, jsonb_strip_nulls(jsonb_build_object(
      'decision', verdict, 'by', actor, 'comment', comment, 'payload', coalesce(payload, question.payload))));
    perform engine.finish_waits(array[step]);
  end if;
  return jsonb_build_object('status', question.status);
end $$;

-- 55-engine-status.sql

-- What an operator wants to know at a glance: how many workers live, and what of this workspace is queued, runs and waits, and since when;
-- which hosts it does not call because they keep failing. Members. Says nothing of other workspaces; counts stop at 10,000.
create function public.engine_status(workspace uuid)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  most constant int := 10000;
  answer jsonb;
begin
  perform engine.require_role(workspace, 'viewer', 'workspace');
  select jsonb_build_object(
    'workers', (
      select count(*) from engine.workers as worker
      where worker.vanished_at is null and (worker.pid is not null or worker.seen_at > at - interval '1 hour')),
    'ready', (
      select jsonb_build_object('n', count(*), 'oldestAt', min(due_at))
      from (select due_at from public.steps where workspace_id = workspace and status = 'ready' limit most) as ready),
    'lanes', (
      select coalesce(jsonb_agg(jsonb_build_object('lane', lane, 'status', status, 'n', n, 'oldestAt', oldest)), '[]')
      from (
        select lane, status, count(*) as n, min(created_at) as oldest
        from (select lane, status, created_at from public.runs where workspace_id = workspace and finished_at is null limit most) as open
        group by lane, status order by lane, status
      ) as counted),
    'breakers', (
      select coalesce(jsonb_agg(jsonb_build_object('host', host, 'openedAt', opened_at, 'probeAt', probe_at, 'n', (
        select count(*) from (
          select from public.steps
          where workspace_id = workspace and waiting_for ->> 'kind' = 'limit' and waiting_for ->> 'ref' = 'host:' || host limit most
        ) as held)) order by opened_at), '[]')
      from (
        select * from engine.breakers as breaker where breaker.workspace_id = workspace and opened_at is not null order by opened_at limit 20
      ) as broken),
    'waits', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'n', n, 'oldestAt', oldest) order by n desc, kind), '[]')
      from (
        select kind, count(*) as n, min(created_at) as oldest
        from (
          select waiting_for ->> 'kind' as kind, created_at from public.runs
          where workspace_id = workspace and finished_at is null and waiting_for is not null limit most
        ) as waiting group by kind
      ) as counted)
  ) into answer;
  return answer;
end $$;

-- 55-move-run.sql

-- Moves a run to another lane. Operators.
create function public.move_run(run uuid, lane text)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  moved_to text;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  moved_to := engine.move_locked_run(target, move_run.lane);
  if moved_to <> target.lane then
    perform engine.write_audit(target.workspace_id, actor, 'run.moved', run::text, jsonb_build_object('from', target.lane, 'to', moved_to));
  end if;
  return jsonb_build_object('lane', moved_to);
end $$;

-- 55-pause-run.sql

-- Pauses a run: what is under way ends, nothing else of it is claimed until resume_run. Pausing a paused run changes nothing. Operators.
create function public.pause_run(run uuid)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  if target.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so there is nothing to pause.', 'Retry it if it should go on.');
  end if;
  if target.paused_at is null then
    update public.runs set paused_at = engine.now(), paused_by = actor, last_move = 'run.updated' where id = run;
    perform engine.hold_steps(array[(run, 'hold', '{"kind": "limit", "ref": "pause"}')::engine.ruling]);
    perform engine.write_audit(target.workspace_id, actor, 'run.paused', run::text, jsonb_build_object('title', target.title));
  end if;
  select * into target from public.runs where id = run;
  return jsonb_build_object('status', target.status, 'paused_at', target.paused_at);
end $$;

-- 55-resume-run.sql

-- Lets a paused run go on. A run that is not paused stays as it is. Operators.
create function public.resume_run(run uuid)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  if target.paused_at is not null and target.finished_at is null then
    update public.runs set paused_at = null, paused_by = null, last_move = 'run.updated' where id = run;
    perform engine.release_held(array[run], 'limit', 'pause');
    perform engine.write_audit(target.workspace_id, actor, 'run.resumed', run::text, jsonb_build_object('title', target.title));
  end if;
  select * into target from public.runs where id = run;
  return jsonb_build_object('status', target.status);
end $$;

-- 55-retry-preview.sql

-- Says what retry_run would do, before anything happens: the steps that would run again and their effects, those reused (flagged: changed, or
-- not checked), and how long it took the last time. `decisions` as in retry_run. Viewers.
create function public.retry_preview(
  run uuid, mode text default 'resume', step text default null, version text default null, decisions jsonb default '{}')
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  target public.runs;
  chosen int;
  fates jsonb;
begin
  select * into target from public.runs where id = run;
  perform engine.require_role(target.workspace_id, 'viewer', 'run');
  chosen := engine.retry_version(target, version);
  perform engine.check_retry(target, mode, step, chosen);
  with listed as (
    select fate.*, plan.rank, jsonb_build_object('step', fate.step_key, 'item_path', fate.item_path, 'title', fate.title, 'effect', fate.effect) as entry
    from engine.retry_fates(target, mode, step, chosen, engine.kept_by(coalesce(decisions, '{}'))) as fate
    join engine.plan_steps as plan on (plan.workflow_id, plan.version, plan.step_key) = (target.workflow_id, chosen, fate.step_key)
  )
  select jsonb_build_object(
    'rerun', coalesce(jsonb_agg(entry order by rank, item_path) filter (where fate = 'rerun'), '[]'),
    'reused', coalesce(jsonb_agg(entry order by rank, item_path) filter (where fate in ('reused', 'flagged')), '[]'),
    'flagged', coalesce(jsonb_agg(entry order by rank, item_path) filter (where fate = 'flagged'), '[]'),
    'estimate', engine.retry_estimate(run, array_agg(distinct step_key) filter (where fate = 'rerun')),
    'effects', coalesce(jsonb_agg(jsonb_build_object('step', step_key, 'effect', effect, 'prior', prior, 'verdict', effect_verdict,
      'asks', asks, 'choices', case when effect_verdict = 'decision' and not asks
        then case when can_keep then '["do_it_again", "treat_as_done"]'::jsonb else '["do_it_again"]' end else '[]' end) order by rank, item_path)
      filter (where fate = 'rerun' and effect <> 'pure'), '[]'))
  into fates from listed;
  return fates || jsonb_build_object(
    'makes', case when engine.resumes_in_place(target, mode, chosen) then 'same_run' else 'new_run' end, 'version', chosen);
end $$;

-- 55-retry-run.sql

-- Retries an ended run. resume: the same run goes on, or with another version (or after a rollback) a new run that reuses what fits. from_step:
-- a new run from one step on; `input` replaces that step's inputs. restart: a new run of everything; `input` replaces the run's input.
-- `decisions` ({step: do_it_again | treat_as_done}) answer for effects that must not happen twice. Operators.
create function public.retry_run(
  run uuid, mode text default 'resume', step text default null, input jsonb default null, version text default null,
  decisions jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  chosen int;
  made uuid;
  decided constant jsonb := coalesce(decisions, '{}');
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  chosen := engine.retry_version(target, version);
  made := engine.retry_locked_run(target, actor, mode, step, input, chosen, decided);
  perform engine.write_audit(target.workspace_id, actor, 'run.retried', run::text, jsonb_strip_nulls(jsonb_build_object(
    'mode', mode, 'step', step, 'version', chosen, 'made', made, 'decisions', nullif(decided, '{}'))));
  return jsonb_build_object('run_id', made, 'mode', mode);
end $$;

-- 55-send-signal.sql

-- Sends a signal to a run: the step that waits for it goes on, or it is kept until one does. Each signal is taken once. Operators.
create function public.send_signal(run uuid, name text, payload jsonb default null)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  names text[];
  answer jsonb;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  perform engine.check_signal(name, payload);
  names := engine.signal_names(target.workflow_id, target.version);
  if name <> all (names) then
    perform engine.raise('RB422', format('No step of this run waits for a signal "%s".', name), case
      when cardinality(names) = 0 then 'Its workflow has no step that waits for a signal.'
      else 'It waits for: ' || array_to_string(names, ', ') || '.' end);
  end if;
  perform from public.runs where id = run for no key update;
  answer := engine.receive_signal(run, name, coalesce(payload, 'null'), actor);
  if answer ->> 'signal' = 'ended' then
    perform engine.raise('RB409', 'The run is over, so it takes no signals.', 'Start or retry a run.');
  elsif answer ->> 'signal' = 'full' then
    perform engine.raise('RB429', 'The run keeps 100 signals that nobody has taken yet.', 'Wait until its steps take some.');
  end if;
  perform engine.write_audit(target.workspace_id, actor, 'run.signalled', run::text,
    jsonb_build_object('name', name, 'signal', answer ->> 'signal'));
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  return answer;
end $$;

-- 55-set-trigger.sql

-- Switches a trigger on or off; `new_path` gives a webhook another address and the old one stops working. A schedule that is switched on
-- again makes nothing good. Editors.
create function public.set_trigger(trigger uuid, patch jsonb)
returns public.triggers language plpgsql security definer set search_path = ''
as $$
declare
  before public.triggers;
  after public.triggers;
  actor uuid;
begin
  select * into before from public.triggers where id = set_trigger.trigger;
  actor := engine.require_role(before.workspace_id, 'editor', 'trigger');
  perform engine.check_patch(patch, '{"enabled": "boolean", "new_path": "boolean"}');
  if (patch ->> 'new_path')::boolean and before.kind <> 'trigger-webhook' then
    perform engine.raise('RB422', 'Only webhooks have an address.', 'Leave new_path out.');
  end if;
  update public.triggers as changed
  set enabled = coalesce((patch ->> 'enabled')::boolean, changed.enabled),
    cursor_at = case when (patch ->> 'enabled')::boolean and not changed.enabled then engine.now() else changed.cursor_at end,
    next_at = case when (patch ->> 'enabled')::boolean and not changed.enabled and changed.live and changed.kind = 'trigger-schedule'
      then engine.now() else changed.next_at end
  where changed.id = before.id returning * into after;
  if (patch ->> 'new_path')::boolean then
    update public.hook_paths set path = engine.new_hook_path() where trigger_id = before.id;
  end if;
  perform engine.write_audit(after.workspace_id, actor, 'trigger.changed', after.key,
    jsonb_build_object('workflow', after.workflow_id, 'enabled', after.enabled, 'newPath', coalesce((patch ->> 'new_path')::boolean, false)));
  return after;
end $$;

-- 55-signal-runs.sql

-- Sends a signal to every unfinished run of a workspace whose plan waits for it and that the filter matches: `workflow` (slug), `lane`, and
-- `input` (values the run's input must hold). Returns how many runs; each takes or keeps it as send_signal says. Operators.
create function public.signal_runs(workspace uuid, name text, payload jsonb default null, filter jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'operator', 'workspace');
  targets uuid[];
begin
  perform engine.check_signal(name, payload);
  if exists (select from jsonb_object_keys(coalesce(filter, '{}')) as key where key not in ('workflow', 'lane', 'input')) then
    perform engine.raise('RB422', 'The filter has a field that is not known.', 'Filter by workflow, lane or input.');
  end if;
  targets := array(
    select run.id from public.runs as run
    join public.workflows as source on source.id = run.workflow_id
    join public.run_payloads as given on given.run_id = run.id
    where run.workspace_id = signal_runs.workspace and run.finished_at is null
      and (filter ->> 'workflow' is null or source.slug = filter ->> 'workflow')
      and (filter ->> 'lane' is null or run.lane = filter ->> 'lane')
      and (filter -> 'input' is null or given.input @> (filter -> 'input'))
      and exists (
        select from engine.plan_steps as plan
        where (plan.workflow_id, plan.version) = (run.workflow_id, run.version) and plan.kind = 'signal-wait'
          and plan.definition -> 'config' ->> 'name' = signal_runs.name)
    order by run.id limit 1001);
  if cardinality(targets) > 1000 then
    perform engine.raise('RB413', 'More than 1,000 runs match.', 'Narrow the filter.');
  end if;
  insert into engine.deliveries (run_id, kind, payload)
  select id, 'signal', jsonb_build_object('name', name, 'payload', coalesce(payload, 'null'), 'by', actor) from unnest(targets) as id;
  perform engine.write_audit(workspace, actor, 'runs.signalled', name, jsonb_build_object('runs', cardinality(targets), 'filter', filter));
  perform engine.deliver();
  return jsonb_build_object('runs', cardinality(targets));
end $$;

-- 55-start-run.sql

-- Starts a run of a workflow. Options: version (a number or "live"), lane, priority, budgets (the smaller of these and the workflow's count),
-- idempotency_key (the same key and input return the first run; the header Idempotency-Key says the same), mode, title, trigger_kind. Operators.
create function public.start_run(workflow uuid, input jsonb default '{}', options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  actor constant uuid := engine.require_role((select workspace_id from public.workflows where id = workflow), 'operator', 'workflow');
  started jsonb;
begin
  if (options ->> 'mode') is not null and options ->> 'mode' not in ('live', 'dry_run', 'sandbox') then
    perform engine.raise('RB422', format('"%s" is not a mode.', options ->> 'mode'), 'Modes: live, dry_run, sandbox.');
  end if;
  if coalesce(options ->> 'trigger_kind', 'manual') not in ('manual', 'api', 'cli', 'mcp') then
    perform engine.raise('RB422', format('A person cannot start a run as "%s".', options ->> 'trigger_kind'), 'Use manual, api, cli or mcp.');
  end if;
  if options ? 'budgets' then
    perform engine.check_budgets(options -> 'budgets');
  end if;
  started := engine.start_run_as(actor, workflow, input, jsonb_strip_nulls(jsonb_build_object(
    'idempotency_key', engine.request_header('idempotency-key'))) || (options - 'facts'));
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  return started;
end $$;

-- 55-submit-form.sql

-- Sends in an open form: checks the values against its schema and lets the step go on with them. Needs one of the form's roles, or to be
-- named in it; the first one to send it in decides.
create function public.submit_form(approval uuid, answers jsonb)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  question public.approvals;
  actor uuid;
  given jsonb;
  step engine.step_ref;
begin
  select * into question from public.approvals where id = approval;
  actor := engine.require_role(question.workspace_id, 'viewer', 'form');
  perform engine.check_asked(question, actor);
  if question.purpose <> 'form' then
    perform engine.raise('RB422', 'This question is no form.', 'Decide it with decide_approval.');
  end if;
  if octet_length(answers::text) > 65536 then
    perform engine.raise('RB413', 'The form''s values are larger than 64 KB.', 'Shorten them.');
  end if;
  given := engine.fill_defaults(question.form, answers);
  if jsonb_typeof(given) is distinct from 'object' then
    perform engine.raise('RB422', 'The values of a form must be a JSON object.', 'Send one field per question.');
  end if;
  perform engine.check_value(question.form, given, '');
  perform from public.runs where id = question.run_id for no key update;
  select * into question from public.approvals where id = approval for update;
  if question.status <> 'open' then
    perform engine.raise('RB409', format('The form is not open any more: %s.', question.status), 'Reload to see by whom.');
  end if;
  update public.approvals set status = 'submitted', decided_at = engine.now(),
    votes = jsonb_build_array(jsonb_build_object('by', actor, 'verdict', 'submitted', 'at', engine.iso_time(engine.now()))),
    response = jsonb_build_object('by', actor, 'values', given)
  where id = approval;
  perform engine.write_audit(question.workspace_id, actor, 'form.submitted', approval::text,
    jsonb_build_object('run', question.run_id, 'step', question.step_key));
  step := (question.run_id, question.step_key, question.item_path)::engine.step_ref;
  perform engine.complete_step(step, null, jsonb_build_object('values', given, 'by', actor));
  perform engine.finish_waits(array[step]);
  return jsonb_build_object('status', 'submitted');
end $$;

-- 55-top-up-run.sql

-- Raises the budgets of a run by the given amounts, e.g. {"tokens": 5000}, and lets the steps that wait for them go on. A run without such a
-- budget has no limit to raise. Operators.
create function public.top_up_run(run uuid, budgets jsonb)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  raised jsonb;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  perform engine.check_budgets(budgets);
  select * into target from public.runs where id = run for no key update;
  if target.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so it spends nothing more.', 'Retry it if it should go on.');
  end if;
  if target.budgets is null or exists (select from jsonb_object_keys(budgets) as name where not target.budgets ? name) then
    perform engine.raise('RB422', 'The run has no such budget.', 'Raise one of those the run page shows.');
  end if;
  select jsonb_object_agg(name, (amount #>> '{}')::numeric + coalesce((budgets ->> name)::numeric, 0)) into raised
  from jsonb_each(target.budgets) as budget (name, amount);
  update public.runs as raising set budgets = raised, budget_warning = null, last_move = 'run.updated' where id = run;
  perform engine.release_held(array[run], 'budget', name) from jsonb_object_keys(top_up_run.budgets) as name;
  perform engine.write_audit(target.workspace_id, actor, 'run.topped_up', run::text, top_up_run.budgets);
  return jsonb_build_object('budgets', raised);
end $$;

-- 56-abort-operation.sql

-- Ends an operation between two slices; runs it has not come to stay as they are. Operators.
create function public.abort_operation(operation uuid)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  target public.operations;
  actor uuid;
begin
  select * into target from public.operations where id = operation;
  actor := engine.require_role(target.workspace_id, 'operator', 'operation');
  select * into target from public.operations where id = operation for update;
  if target.status <> 'running' then
    perform engine.raise('RB409', format('The operation has ended: it is %s.', target.status), 'Start another one for what is left.');
  end if;
  perform engine.end_operation(operation, 'aborted', null);
  perform engine.write_audit(target.workspace_id, actor, 'operation.aborted', operation::text,
    jsonb_build_object('done', target.done, 'total', target.total));
  return jsonb_build_object('status', 'aborted', 'done', target.done, 'total', target.total);
end $$;

-- 56-bulk-cancel.sql

-- Cancels every run that matches a filter (see engine.match_runs), as an operation worked off in the background. Operators.
create function public.bulk_cancel(workspace uuid, filter jsonb, options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  return engine.start_operation(workspace, 'cancel', filter, options);
end $$;

-- 56-bulk-move.sql

-- Moves every run that matches a filter (see engine.match_runs) to the lane given as an option, as an operation worked off in the background.
-- Operators.
create function public.bulk_move(workspace uuid, filter jsonb, options jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  return engine.start_operation(workspace, 'move', filter, options);
end $$;

-- 56-bulk-retry.sql

-- Retries every run that matches a filter (see engine.match_runs), as an operation worked off in the background. Options: mode, step, version
-- as in retry_run; canary: one run, then 5 %, then all, stopping when one fails again with the same code; preview: only count. Operators.
create function public.bulk_retry(workspace uuid, filter jsonb, options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  return engine.start_operation(workspace, 'retry', filter, options);
end $$;

-- 60-may-receive.sql

-- Whether the caller may listen on a private topic: `workspace:<id>`, `run:<id>` and `workflow:<id>` for members, `run:<id>:tail`
-- (token deltas and log lines, so content) with the payload right. Any other topic, however malformed: no.
create function engine.may_receive(p_topic text)
returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  parts constant text[] := string_to_array(coalesce(p_topic, ''), ':');
  topic_id constant uuid := engine.uuid_or_null(parts[2]);
  in_workspace uuid;
begin
  if topic_id is null then
    return false;
  end if;
  if cardinality(parts) = 2 then
    case parts[1]
      when 'workspace' then in_workspace := topic_id;
      when 'run' then select workspace_id into in_workspace from public.runs where id = topic_id;
      when 'workflow' then select workspace_id into in_workspace from public.workflows where id = topic_id;
      else return false;
    end case;
    return coalesce(in_workspace = any (engine.my_workspaces()), false);
  end if;
  if cardinality(parts) = 3 and parts[1] = 'run' and parts[3] = 'tail' then
    select workspace_id into in_workspace from public.runs where id = topic_id;
    return coalesce(in_workspace = any (engine.my_payload_workspaces()), false);
  end if;
  return false;
end $$;

-- 60-may-send.sql

-- Whether the caller may send on a private topic: only editors, and only on `workflow:<id>`, where the builder shows who is editing.
create function engine.may_send(p_topic text)
returns boolean language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.workflows
    where id = engine.uuid_or_null(substring(p_topic from '^workflow:([0-9a-fA-F-]{36})$'))
      and workspace_id = any (engine.my_workspaces('editor'))
  )
$$;

-- 90-row-security.sql

-- Closes every table: row security on and forced in `public`, on in `engine`, and nothing granted to anybody. A hosted project
-- grants new tables and functions to the API roles by itself, so the revokes are not idle. 94-grants.sql opens what is meant to be.
do $$
declare
  relation regclass;
  in_public boolean;
begin
  for relation, in_public in
    select oid::regclass, relnamespace = 'public'::regnamespace
    from pg_class
    where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'engine'::regnamespace)
      and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  loop
    execute format('alter table %s enable row level security', relation);
    if in_public then
      execute format('alter table %s force row level security', relation);
    end if;
    execute format('revoke all on table %s from public, anon, authenticated, service_role', relation);
  end loop;
end $$;

do $$
declare
  routine regprocedure;
begin
  for routine in
    select oid::regprocedure from pg_proc
    where pronamespace in ('public'::regnamespace, 'engine'::regnamespace)
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', routine);
  end loop;
end $$;

revoke all on all sequences in schema public, engine from public, anon, authenticated, service_role;
revoke all on schema engine from public, anon, authenticated, service_role;
revoke create on schema public from public;

-- 91-policies.sql

-- Who reads which rows. There are no policies for writing: people write through verbs only. The functions are called once per query,
-- because a sub-select without references to the row is evaluated once.

create policy peers_read on public.profiles for select to authenticated
  using (user_id = any ((select engine.my_peers())::uuid[]));

create policy members_read on public.workspaces for select to authenticated
  using (id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.members for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.lanes for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.workflows for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.drafts for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.versions for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.connections for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.tools for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));

create policy owners_read on public.audit_log for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces('owner'))::uuid[]));

create policy members_read on public.runs for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.steps for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.attempts for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.rollups for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.operations for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.operation_runs for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.run_events for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));

create policy members_read on public.triggers for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.firings for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
-- Whoever knows the address may start the workflow.
create policy editors_read on public.hook_paths for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces('editor'))::uuid[]));

create policy payload_readers_read on public.firing_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.run_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.step_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.attempt_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
-- Evidence and bodies quote outputs.
create policy payload_readers_read on public.proofs for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.artifacts for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));

-- Who may decide must see what is decided; a viewer needs the payload right.
create policy deciders_and_payload_readers_read on public.approvals for select to authenticated
  using (
    workspace_id = any ((select engine.my_workspaces('operator'))::uuid[])
    or workspace_id = any ((select engine.my_payload_workspaces())::uuid[])
  );

-- 92-verifier.sql

-- What an sql verifier may read: the runs of the workspace it checks for, without payloads, people, credentials and plans.
grant usage on schema public to runboard_verifier;
grant usage on schema engine to runboard_verifier;
grant select on table public.workflows, public.lanes, public.runs, public.steps, public.attempts to runboard_verifier;
grant select (id, run_id, step_key, item_path, attempt, workspace_id, kind, title, mime, bytes, sha256, created_at)
  on table public.artifacts to runboard_verifier;

do $$
declare
  relation regclass;
begin
  foreach relation in array array['public.workflows', 'public.lanes', 'public.runs', 'public.steps', 'public.attempts', 'public.artifacts']::regclass[] loop
    execute format(
      'create policy verifiers_read on %s for select to runboard_verifier'
      ' using (workspace_id = nullif(current_setting(''runboard.workspace'', true), '''')::uuid)', relation);
  end loop;
end $$;

grant execute on function engine.query_problem(text), engine.raise(text, text, text, text, jsonb) to runboard_verifier;
grant create on schema engine to runboard_verifier;
alter function engine.query_rows(uuid, text, jsonb) owner to runboard_verifier;
revoke create on schema engine from runboard_verifier;

-- 93-realtime.sql

-- Who may join and send on Realtime's private topics. Realtime asks these policies with the caller's token and `realtime.topic()`.
do $$
begin
  if to_regclass('realtime.messages') is null then
    raise notice 'There is no realtime.messages; live updates stay closed.';
    return;
  end if;
  execute $policy$
    create policy runboard_members_receive on realtime.messages for select to authenticated
      using (extension in ('broadcast', 'presence') and (select engine.may_receive(realtime.topic())))
  $policy$;
  execute $policy$
    create policy runboard_editors_send on realtime.messages for insert to authenticated
      with check (extension in ('broadcast', 'presence') and (select engine.may_send(realtime.topic())))
  $policy$;
end $$;

-- 93-storage.sql

-- The bucket of large outputs and files, `<workspace>/<run>/…`: content, so reading needs the payload right. Only the workers write,
-- with the service's own key.
do $$
begin
  if to_regclass('storage.objects') is null or to_regclass('storage.buckets') is null then
    raise notice 'There is no storage schema; outputs over 64 KB cannot be kept.';
    return;
  end if;
  insert into storage.buckets (id, name, public) values ('runs', 'runs', false)
  on conflict (id) do update set public = false;
  execute $policy$
    create policy runboard_payload_readers_read on storage.objects for select to authenticated
      using (
        bucket_id = 'runs'
        and engine.uuid_or_null(split_part(name, '/', 1)) = any ((select engine.my_payload_workspaces())::uuid[])
      )
  $policy$;
end $$;

-- 94-grants.sql

-- Everything anybody may do, in one place: people read tables through row security and call verbs; workers call the engine.
grant usage on schema public to authenticated;
grant usage on schema engine to runboard_engine;

grant select on table
  public.profiles, public.workspaces, public.members, public.lanes, public.workflows, public.drafts, public.versions,
  public.connections, public.tools, public.audit_log, public.runs, public.run_payloads, public.steps, public.step_payloads,
  public.attempts, public.attempt_payloads, public.run_events, public.proofs, public.artifacts, public.approvals, public.rollups,
  public.triggers, public.hook_paths, public.firings, public.firing_payloads,
  public.operations, public.operation_runs
to authenticated;

-- A policy's functions run with the rights of the reader.
grant execute on function
  engine.my_workspaces(text), engine.my_payload_workspaces(), engine.my_peers(), engine.may_receive(text), engine.may_send(text),
  engine.uuid_or_null(text)
to authenticated;

do $$
declare
  verbs constant text[] := array[
    'pause_run', 'resume_run', 'top_up_run', 'set_workspace',
    'engine_status', 'create_workspace', 'add_member', 'change_member', 'remove_member', 'set_lane', 'create_workflow', 'save_draft',
    'update_workflow', 'delete_connection', 'start_run', 'cancel_run', 'retry_run', 'retry_preview', 'decide_approval', 'move_run',
    'submit_form', 'send_signal', 'signal_runs',
    'set_trigger', 'bulk_retry', 'bulk_cancel', 'bulk_move', 'abort_operation'
  ];
  calls constant text[] := array[
    'reserve_budget', 'note_calls', 'ask_host',
    'claim_steps', 'report_steps', 'heartbeat', 'mark_started', 'record_ahead', 'sweep', 'worker_idle', 'publish_version', 'surroundings',
    'get_connection', 'put_connection', 'put_tools', 'query_rows', 'register_worker',
    'take_file_removals', 'files_removed', 'metrics',
    'hook_of', 'fire_hook', 'hook_answer', 'open_firings', 'fire_trigger', 'due_triggers', 'plan_slots'
  ];
  routine regprocedure;
begin
  for routine in select oid::regprocedure from pg_proc where pronamespace = 'public'::regnamespace and proname = any (verbs) loop
    execute format('grant execute on function %s to authenticated', routine);
  end loop;
  for routine in select oid::regprocedure from pg_proc where pronamespace = 'engine'::regnamespace and proname = any (calls) loop
    execute format('grant execute on function %s to runboard_engine', routine);
  end loop;
end $$;

-- 95-poke-workers.sql

-- Wakes a worker over HTTP where no process of ours runs beside the database: sweeps, and calls the run-steps function when steps are
-- ready. Scheduled by 95-schedule.sql; needs pg_net, and in Supabase Vault the secrets `runboard_functions_url` and
-- `runboard_worker_secret`.
create function engine.poke_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  functions_url text;
  worker_secret text;
begin
  perform engine.sweep();
  if not exists (select from public.steps where status = 'ready') and not engine.firings_due() then
    return;
  end if;
  execute $sql$
    select
      max(decrypted_secret) filter (where name = 'runboard_functions_url'),
      max(decrypted_secret) filter (where name = 'runboard_worker_secret')
    from vault.decrypted_secrets
  $sql$ into functions_url, worker_secret;
  if functions_url is null or worker_secret is null then
    raise warning 'Steps are ready, but the secrets runboard_functions_url and runboard_worker_secret are not in the vault.';
    return;
  end if;
  execute 'select net.http_post(url := $1, headers := $2, body := $3)'
  using
    rtrim(functions_url, '/') || '/run-steps',
    jsonb_build_object('content-type', 'application/json', 'x-runboard-worker', worker_secret),
    '{}'::jsonb;
end $$;

revoke all on function engine.poke_workers() from public, anon, authenticated, service_role;

-- 95-schedule.sql

-- The clock of a hosted project: every five seconds, if pg_cron and pg_net can be had. Elsewhere the host's own timer does this.
do $$
begin
  if (select count(*) from pg_available_extensions where name in ('pg_cron', 'pg_net')) < 2 then
    return;
  end if;
  execute 'create extension if not exists pg_net with schema extensions';
  execute 'create extension if not exists pg_cron with schema pg_catalog';
  execute $sql$ select cron.schedule('runboard-poke-workers', '5 seconds', 'select engine.poke_workers()') $sql$;
exception when others then
  -- The migration must not fail for it: self-hosters may have the files of pg_cron but not its preloaded library.
  raise warning 'The five-second schedule was not set up: %', sqlerrm;
end $$;
