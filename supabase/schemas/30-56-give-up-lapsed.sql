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
