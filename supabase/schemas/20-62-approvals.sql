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
