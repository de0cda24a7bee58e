-- Whether a death counts against a lapsed step: the first always does. Later ones do when its worker had begun it, which it says of such
-- steps one by one (engine.mark_begun), or when it held nothing else.
create function engine.death_counts(p_step public.steps)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return p_step.crashes = 0 or exists (
    select from public.attempts
    where (run_id, step_key, item_path, n) = (p_step.run_id, p_step.step_key, p_step.item_path, p_step.attempt) and begun_at is not null
  ) or engine.died_alone(p_step);
end $$;
