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
