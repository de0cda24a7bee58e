-- What is known of a step's effect in a run: none (not performed, or refused), unknown, or succeeded.
create function engine.prior_outcome(p_run uuid, p_step text, p_item int[])
returns text language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select case
      when step.status = 'succeeded' then 'succeeded'
      when step.attempt = 0 then 'none'
      when step.error ->> 'code' in ('outcome_unknown', 'poison') or step.error ->> 'class' in ('transient', 'timeout', 'lost')
        or step.status = 'cancelled' then 'unknown'
      -- The checks failed, not the work.
      when step.error ->> 'class' = 'verification' then 'succeeded'
      else 'none'
    end
    from public.steps as step where (step.run_id, step.step_key, step.item_path) = (p_run, p_step, p_item)
  ), 'none');
end $$;
