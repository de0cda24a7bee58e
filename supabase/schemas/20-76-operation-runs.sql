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
