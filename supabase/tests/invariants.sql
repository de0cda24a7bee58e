-- What is always true of runs, as one query: each row it returns is a broken promise. Run after every engine test and every storm, and by
-- `runboard doctor` against a living installation: it takes no lock, and one statement sees one moment.
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
select 'an operation''s progress is that of its runs', operation.id::text
from public.operations as operation
join lateral (
  select count(*) as n, count(*) filter (where status = 'done') as done, count(*) filter (where status = 'set_aside') as set_aside,
    count(*) filter (where status = 'failed') as failed
  from public.operation_runs where operation_id = operation.id
) as counted on counted.n = operation.total
where (operation.done, operation.set_aside, operation.failed) <> (counted.done, counted.set_aside, counted.failed)
union all
select 'a proof''s evidence is what was hashed', run_id || ' ' || n from public.proofs
where evidence_hash <> encode(sha256(convert_to(engine.canonical_json(evidence), 'UTF8')), 'hex')
union all
select 'an open question belongs to a waiting step', approval.id::text
from public.approvals as approval left join public.steps as step using (run_id, step_key, item_path)
where approval.status = 'open' and (step.status <> 'waiting' or step.waiting_for ->> 'ref' <> approval.id::text)
union all
select 'the last event of a run says its status', run.id::text
from public.runs as run
join public.run_events as event on event.run_id = run.id and event.seq = run.move_seq
where event.status <> run.status or event.step_key is not null
union all
select 'attempts only rise', event.run_id || ' ' || event.step_key
from (
  select run_id, step_key, attempt, lag(attempt) over (partition by run_id, step_key, item_path order by seq) as before
  from public.run_events where step_key is not null
) as event
where event.attempt < event.before
union all
select 'a running step has a lease and a worker', run_id || ' ' || step_key
from public.steps where status = 'running' and (lease_until is null or worker is null)
union all
select 'a wait that ends by itself is found when it is due', run_id || ' ' || step_key
from public.steps where status = 'waiting' and waiting_for ? 'until' and due_at is null
union all
select 'a step that waits for a person has an open question', step.run_id || ' ' || step.step_key
from public.steps as step
where step.status = 'waiting' and step.waiting_for ->> 'kind' in ('approval', 'form', 'reconcile')
  and not exists (
    select from public.approvals as approval
    where (approval.run_id, approval.step_key, approval.item_path) = (step.run_id, step.step_key, step.item_path) and approval.status = 'open')
union all
select 'a step that waits for a run has one under way', step.run_id || ' ' || step.step_key
from public.steps as step
where step.status = 'waiting' and step.waiting_for ->> 'ref' like 'run:%'
  and not exists (
    select from public.runs as child where child.id = substr(step.waiting_for ->> 'ref', 5)::uuid and child.finished_at is null)
  and not exists (select from engine.deliveries as message where message.run_id = step.run_id)
union all
select 'a finished run holds no place in its lane', id::text from public.runs where finished_at is not null and admitted_at is not null
union all
select 'the workspace is the run''s (events)', event.run_id || ' ' || event.seq
from public.run_events as event join public.runs as run on run.id = event.run_id where event.workspace_id <> run.workspace_id
union all
select 'the workspace is the run''s (payloads, proofs, artifacts, questions)', part.run_id || ' ' || part.what
from (
  select run_id, workspace_id, 'payload' as what from public.run_payloads
  union all select run_id, workspace_id, 'step payload' from public.step_payloads
  union all select run_id, workspace_id, 'proof' from public.proofs
  union all select run_id, workspace_id, 'artifact' from public.artifacts
  union all select run_id, workspace_id, 'question' from public.approvals
) as part join public.runs as run on run.id = part.run_id where part.workspace_id <> run.workspace_id
union all
select 'a proof''s hash is that of its fields', proof.run_id || ' ' || proof.n
from public.proofs as proof
where proof.hash <> engine.proof_hash(proof.run_id, proof.n, proof.step_key, proof.item_path, proof.attempt, jsonb_strip_nulls(
  jsonb_build_object('evidenceHash', proof.evidence_hash, 'kind', proof.kind, 'required', proof.required, 'verdict', proof.verdict,
    'verifier', proof.verifier, 'score', proof.score)), proof.prev_hash, proof.at)
union all
select 'what happened once started at most one run', run_id::text from public.firings where run_id is not null group by run_id having count(*) > 1
union all
select 'a run says which trigger fired it', firing.id::text
from public.firings as firing join public.runs as run on run.id = firing.run_id
where run.workflow_id <> firing.workflow_id or run.trigger ->> 'kind' not in ('webhook', 'schedule', 'workflow')
union all
select 'the workspace is the trigger''s (firings)', firing.id::text
from public.firings as firing join public.triggers as source on source.id = firing.trigger_id where firing.workspace_id <> source.workspace_id
union all
select 'the audit log is a chain', workspace.id || ' ' || wrong.n
from public.workspaces as workspace cross join lateral engine.verify_audit(workspace.id) as wrong (n)
where wrong.n is not null
union all
select 'nothing ends before it began, whatever the clock did', what
from (
  select id::text as what from public.runs where finished_at < started_at or started_at < created_at
  union all select run_id || ' ' || step_key from public.steps where finished_at < started_at
  union all select run_id || ' ' || step_key || ' attempt' from public.attempts where finished_at < started_at or queued_ms < 0 or active_ms < 0
) as impossible
union all
select 'a run undoes what succeeded, one after the other, and ends as it was about to', run.id::text
from public.runs as run
where (run.ending is not null and (run.finished_at is not null or run.rolled_back_at is null))
  or (select count(*) from public.steps where run_id = run.id and role = 'rollback' and status in ('ready', 'running', 'waiting')) > 1
  or exists (
    select from public.steps as undo left join public.steps as done on (done.run_id, done.step_key, done.item_path)
      = (undo.run_id, left(undo.step_key, -length('__rollback')), undo.item_path)
    where undo.run_id = run.id and undo.role = 'rollback' and (done.status is distinct from 'succeeded' or run.rolled_back_at is null));
