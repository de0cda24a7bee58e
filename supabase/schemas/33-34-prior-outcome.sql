-- What is known of a step's effect in a run: none (not performed, or refused), unknown, or succeeded. `p_item` null asks for every item of a
-- step in a body, of which the one that went furthest counts.
create function engine.prior_outcome(p_run uuid, p_step text, p_item int[])
returns text language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select outcome from (
      select case
        when step.status = 'succeeded' or step.keeps_output then 'succeeded'
        when step.attempt = 0 then 'none'
        -- Its call is made after the start marker only. An earlier attempt's marker counts too: what it did is not undone by a later one.
        when plan.effect = 'at_most_once' and not exists (
          select from public.attempts as attempt
          where (attempt.run_id, attempt.step_key, attempt.item_path) = (step.run_id, step.step_key, step.item_path)
            and attempt.start_marker_at is not null) then 'none'
        when step.error ->> 'code' in ('outcome_unknown', 'poison') or step.error ->> 'class' in ('transient', 'timeout', 'lost')
          or step.status = 'cancelled' then 'unknown'
        -- The checks failed, not the work.
        when step.error ->> 'class' = 'verification' then 'succeeded'
        else 'none'
      end as outcome
      from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
      where step.run_id = p_run and step.step_key = p_step and (p_item is null or step.item_path = p_item)
    ) as known
    order by array_position(array['succeeded', 'unknown', 'none'], outcome) limit 1
  ), 'none');
end $$;
