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
