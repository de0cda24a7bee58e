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
--
-- PostgREST answers 400 to a SQLSTATE it does not know, and @supabase/lite answers 500 and drops code and hint. Both honour the
-- SQLSTATE `PGRST`, whose message and detail are the answer's body and status. Both set `request.method` for each call of a
-- function, so that form is used exactly when it is set.
create function engine.raise(p_code text, p_message text, p_hint text default null, p_details text default null)
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
    detail = jsonb_build_object('status', coalesce(known_status, 400), 'headers', jsonb_build_object())::text;
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
        regexp_replace(regexp_replace(lower(normalize(p_text, nfkd)), '[^a-z0-9]+', '-', 'g'), '^[^a-z]+', ''), 48
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
  kind text not null check (kind in ('http', 'mcp', 'anthropic', 'openai', 'openai-compatible')),
  title text not null check (length(btrim(title)) between 1 and 120),
  base_url text check (base_url ~ '^https?://'),
  hosts text[] not null default '{}',
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  has_secret boolean not null default false,
  status text not null default 'active' check (status in ('active', 'failing')),
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

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
returns boolean language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.members where workspace_id = p_workspace and user_id = p_user and role = any (p_roles)
  )
$$;

-- 14-may-see-payloads.sql

-- Whether the caller may see inputs, outputs, calls, logs and files of a workspace.
create function engine.may_see_payloads(p_workspace uuid)
returns boolean language sql stable security definer set search_path = ''
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
returns uuid language plpgsql stable security definer set search_path = ''
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
returns bigint language sql stable security definer set search_path = ''
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
returns void language plpgsql security definer set search_path = ''
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

-- 20-10-runs.sql

-- One run of one version. The row is the lock of everything below it: whoever changes a run, its steps, attempts or
-- events locks this row first and the steps after it, or takes it with `skip locked`; never the other way round.
create table public.runs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
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
  last_seq bigint not null default 0,
  proof_head text,
  proof_count int not null default 0,
  error jsonb,
  cancel_requested_at timestamptz,
  cancelled_by uuid,
  max_parallel int not null default 32,
  -- Set while the run counts towards its lane's limit: from its first claim to its end.
  admitted_at timestamptz,
  last_move text not null default 'run.queued',
  created_by uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  foreign key (workflow_id, version) references public.versions (workflow_id, n) on delete cascade,
  foreign key (workspace_id, lane) references public.lanes (workspace_id, name) on update cascade,
  constraint status_is_known check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  constraint mode_is_known check (mode in ('live', 'dry_run', 'sandbox')),
  constraint waiting_names_its_reason check ((status = 'waiting') = (waiting_for is not null)),
  constraint ended_has_a_time check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)),
  constraint finished_at_is_not_before_started_at check (finished_at >= started_at),
  constraint failed_says_why check (status <> 'failed' or error is not null)
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

-- 20-11-run-payloads.sql

-- What a run was given and what it gave back: apart from the run, so that a list never reads them.
create table public.run_payloads (
  run_id uuid primary key references public.runs (id) on delete cascade,
  workspace_id uuid not null,
  input jsonb not null default '{}',
  output jsonb,
  -- `{step, inputs}` of a from_step retry whose inputs a person replaced.
  override jsonb
);

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
  on_failure text not null,
  join_mode text not null,
  total_deps int not null,
  -- How many bodies the step stands in: the length of its item path.
  depth int not null,
  within text,
  retry jsonb not null,
  max_attempts int not null,
  timeout_ms int not null,
  deadline_ms bigint,
  step_hash text not null,
  -- The part of a ClaimedStep that is the same in every run.
  definition jsonb not null,
  outputs jsonb not null,
  vars jsonb,
  reads_input text[] not null,
  reads_steps jsonb not null,
  reads_roots text[] not null,
  -- For the three parts of a map: its settings, and the key of the collector.
  map_config jsonb,
  collector text,
  foreign key (workflow_id, version) references public.versions (workflow_id, n) on delete cascade,
  unique (workflow_id, version, step_key)
);

-- 20-21-plan-deps.sql

-- The edges of a version's plan between plan steps. An edge to a deeper step fans out to all of its items.
create table engine.plan_deps (
  upstream bigint not null references engine.plan_steps (id) on delete cascade,
  dependent bigint not null references engine.plan_steps (id) on delete cascade,
  n int not null,
  wanted text not null,
  port text,
  upstream_key text not null,
  dependent_key text not null,
  upstream_depth int not null,
  dependent_depth int not null,
  primary key (upstream, dependent, n),
  constraint wanted_is_known check (wanted in ('succeeded', 'failed', 'finished'))
);

create index plan_deps_by_dependent on engine.plan_deps (dependent);

-- 20-30-steps.sql

-- One step of one run, or one item's instance of a step in a map body. Narrow and rewritten often: what is fixed lives in
-- engine.plan_steps, what is large in step_payloads.
create table public.steps (
  run_id uuid not null references public.runs (id) on delete cascade,
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
  worker text,
  start_marker_at timestamptz,
  port text,
  output_is_fallback boolean not null default false,
  -- The stored output is an earlier attempt's work whose checks alone are to be repeated.
  keeps_output boolean not null default false,
  reused_from uuid,
  error jsonb,
  verification text not null default 'none',
  items_total int,
  items_done int not null default 0,
  items_failed int not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (run_id, step_key, item_path),
  constraint status_is_known check (
    status in ('pending', 'ready', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled')),
  constraint lease_only_when_running check ((status = 'running') = (lease_until is not null)),
  constraint waiting_names_its_reason check ((status = 'waiting') = (waiting_for is not null)),
  constraint ready_since_is_known check (status <> 'ready' or due_at is not null),
  constraint ended_has_a_time check (
    (status in ('succeeded', 'failed', 'skipped', 'cancelled')) = (finished_at is not null)),
  constraint failed_says_why check (status <> 'failed' or error is not null),
  constraint counters_are_not_negative check (remaining_deps >= 0 and dead_deps >= 0),
  constraint verification_is_known check (verification in ('none', 'passed', 'warned', 'failed'))
) with (fillfactor = 70);

create index steps_ready on public.steps (workspace_id, priority, due_at) where status = 'ready';
create index steps_due on public.steps ((coalesce(lease_until, due_at))) where status in ('running', 'waiting');

-- 20-31-step-payloads.sql

-- What a step put out, as JSON or as a reference to a file.
create table public.step_payloads (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  workspace_id uuid not null,
  output jsonb,
  primary key (run_id, step_key, item_path)
);

-- 20-32-items.sql

-- The values a map runs over, one row per item, so that a claim reads one item and not the whole list.
create table engine.items (
  run_id uuid not null references public.runs (id) on delete cascade,
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

-- What an attempt read, whom it called and what it logged.
create table public.attempt_payloads (
  run_id uuid not null,
  step_key text not null,
  item_path int[] not null default '{}',
  n int not null,
  workspace_id uuid not null,
  inputs jsonb,
  calls jsonb not null default '[]',
  logs jsonb not null default '[]',
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
  primary key (run_created_at, run_id, seq)
) partition by range (run_created_at);

create table engine.run_events_default partition of public.run_events default;
create index run_events_by_run on public.run_events (run_id, seq);

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

-- 20-70-step-moves.sql

-- The legal moves of a step; each pair of statuses has one event. The move trigger refuses every other.
create table engine.step_moves (
  from_status text not null,
  to_status text not null,
  event_kind text not null,
  primary key (from_status, to_status, event_kind)
);

insert into engine.step_moves (from_status, to_status, event_kind) values
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

-- Workers that sleep and want to be woken; a sleeper is marked awake by the transaction that wakes it.
create table engine.workers (
  worker text primary key,
  sleeping boolean not null default false,
  seen_at timestamptz not null default now()
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
  constraint kind_is_known check (kind in ('child_ended', 'cancel'))
);

create index deliveries_by_run on engine.deliveries (run_id);

-- 20-75-step-ref.sql

-- Names a step of a run; engine functions hand sets of steps to each other as arrays of it.
create type engine.step_ref as (run_id uuid, step_key text, item_path int[]);

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
returns jsonb language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'id', connections.id, 'slug', connections.slug, 'kind', connections.kind, 'baseUrl', connections.base_url,
    'hosts', to_jsonb(connections.hosts), 'config', connections.config, 'secret', secrets.sealed
  )
  from public.connections
  left join engine.connection_secrets as secrets on secrets.connection_id = connections.id
  where connections.workspace_id = p_workspace and connections.slug = p_slug
$$;

-- 51-publish-version.sql

-- Stores a compiled draft as the next version; the publish function calls it, as the only way a version comes to be. A published
-- version goes live at once, a test version never does.
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

-- Makes or changes a connection: `p_connection` {slug, kind, title, baseUrl, hosts, config}, `p_secret` a sealed secret or null to
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
    insert into public.connections (workspace_id, slug, kind, title, base_url, hosts, config, has_secret, created_by)
    values (
      p_workspace, given_slug, given ->> 'kind', coalesce(given ->> 'title', given_slug), given ->> 'baseUrl', given_hosts,
      coalesce(given -> 'config', '{}'), coalesce(seals, false), p_user
    )
    on conflict (workspace_id, slug) do update
    set
      kind = excluded.kind, title = excluded.title, base_url = excluded.base_url, hosts = excluded.hosts,
      config = excluded.config, has_secret = connections.has_secret or excluded.has_secret, status = 'active'
    returning * into after;
  exception when check_violation or not_null_violation then
    perform engine.raise('RB422', 'The connection cannot take these values.',
      'Slug: lower-case letters, digits and -; kind: http, mcp, anthropic, openai or openai-compatible; address: http:// or https://.');
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
create policy members_read on public.run_events for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));

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
  public.attempts, public.attempt_payloads, public.run_events, public.proofs, public.artifacts, public.approvals
to authenticated;

-- A policy's functions run with the rights of the reader.
grant execute on function
  engine.my_workspaces(text), engine.my_payload_workspaces(), engine.my_peers(), engine.may_receive(text), engine.may_send(text),
  engine.uuid_or_null(text)
to authenticated;

do $$
declare
  verbs constant text[] := array[
    'create_workspace', 'add_member', 'change_member', 'remove_member', 'set_lane', 'create_workflow', 'save_draft',
    'update_workflow', 'delete_connection', 'start_run', 'cancel_run', 'retry_run', 'retry_preview', 'decide_approval', 'move_run'
  ];
  calls constant text[] := array[
    'claim_steps', 'report_steps', 'heartbeat', 'mark_started', 'sweep', 'worker_idle', 'publish_version', 'surroundings',
    'get_connection', 'put_connection', 'put_tools'
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
returns void language plpgsql security definer set search_path = ''
as $$
declare
  functions_url text;
  worker_secret text;
begin
  perform engine.sweep();
  if not exists (select from public.steps where status = 'ready') then
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
