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
