-- What is always true of runs, as one query: each row it returns is a broken promise. Run after every engine test.
with counted as (
  select run.id, run.status, run.counts, run.last_seq, run.error, run.finished_at, run.cancel_requested_at, run.proof_count,
    run.proof_head, run.plan_hash, run.workspace_id, run.created_at,
    count(step.step_key) as total,
    count(*) filter (where step.status = 'pending') as pending, count(*) filter (where step.status = 'ready') as ready,
    count(*) filter (where step.status = 'running') as running, count(*) filter (where step.status = 'waiting') as waiting,
    count(*) filter (where step.status = 'succeeded') as succeeded, count(*) filter (where step.status = 'failed') as failed,
    count(*) filter (where step.status = 'skipped') as skipped, count(*) filter (where step.status = 'cancelled') as cancelled
  from public.runs as run left join public.steps as step on step.run_id = run.id
  group by run.id
), event as (
  select run_id, count(*) as events, min(seq) as first_seq, max(seq) as last_seq from public.run_events group by run_id
), last_event as (
  select distinct on (run_id, step_key, item_path) run_id, step_key, item_path, status, attempt
  from public.run_events where step_key is not null order by run_id, step_key, item_path, seq desc
)
select 'counts equal the steps' as promise, id::text as subject from counted
where (counts ->> 'total')::int <> total or (counts ->> 'pending')::int <> pending or (counts ->> 'ready')::int <> ready
  or (counts ->> 'running')::int <> running or (counts ->> 'waiting')::int <> waiting or (counts ->> 'succeeded')::int <> succeeded
  or (counts ->> 'failed')::int <> failed or (counts ->> 'skipped')::int <> skipped or (counts ->> 'cancelled')::int <> cancelled
union all
select 'an unfinished run has something ready, running or waiting', id::text from counted
where finished_at is null and ready + running + waiting = 0
union all
select 'a finished run has nothing unfinished', id::text from counted
where finished_at is not null and pending + ready + running + waiting > 0
union all
select 'a run is running while a step is ready or running, waiting when only waits are left', id::text from counted
where (status = 'running' and ready + running = 0) or (status = 'waiting' and running > 0)
union all
select 'events are dense from 1 to last_seq', counted.id::text from counted left join event on event.run_id = counted.id
where coalesce(events, 0) <> counted.last_seq or first_seq <> 1 or event.last_seq <> counted.last_seq
union all
select 'the last event of a step says its status', step.run_id || ' ' || step.step_key
from last_event join public.steps as step using (run_id, step_key, item_path)
where step.status <> last_event.status or step.attempt < last_event.attempt
union all
select 'a step succeeds at most once', run_id || ' ' || step_key from public.run_events
where kind in ('step.succeeded', 'step.reused') group by run_id, step_key, item_path having count(*) > 1
union all
select 'attempts are dense and the last is the step''s', step.run_id || ' ' || step.step_key
from public.steps as step
left join lateral (
  select count(*) as n, coalesce(max(attempt.n), 0) as last, count(*) filter (where outcome is null) as open from public.attempts as attempt
  where (attempt.run_id, attempt.step_key, attempt.item_path) = (step.run_id, step.step_key, step.item_path)
) as tried on true
where tried.last <> step.attempt or tried.n <> step.attempt or tried.open <> (step.status = 'running')::int
union all
select 'an output stands where a step produced one', payload.run_id || ' ' || payload.step_key
from public.step_payloads as payload join public.steps as step using (run_id, step_key, item_path)
where step.attempt = 0 and step.status <> 'succeeded' and step.role is distinct from 'collect'
union all
select 'the workspace is the run''s', step.run_id || ' ' || step.step_key
from public.steps as step join public.runs as run on run.id = step.run_id where step.workspace_id <> run.workspace_id
union all
select 'the workspace is the run''s (attempts)', attempt.run_id || ' ' || attempt.step_key
from public.attempts as attempt join public.runs as run on run.id = attempt.run_id where attempt.workspace_id <> run.workspace_id
union all
select 'proofs are a chain from the plan to the head', run.id::text
from counted as run
where run.proof_count <> (select count(*) from public.proofs where run_id = run.id)
  or exists (
    select from (
      select n, prev_hash, hash, lag(hash, 1, run.plan_hash) over (order by n) as expected, row_number() over (order by n) as place,
        last_value(hash) over (order by n rows between unbounded preceding and unbounded following) as head
      from public.proofs where run_id = run.id
    ) as proof where prev_hash <> expected or n <> place or head is distinct from run.proof_head)
union all
select 'an open question belongs to a waiting step', approval.id::text
from public.approvals as approval left join public.steps as step using (run_id, step_key, item_path)
where approval.status = 'open' and (step.status <> 'waiting' or step.waiting_for ->> 'ref' <> approval.id::text);
