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
