-- Whether a lapsed step was lost five times without that counting against it. Then it is taken alone like a suspect, so that a worker that never
-- says what it begins cannot lose the same steps together for ever.
create function engine.was_spared(p_step public.steps)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return p_step.crashes + 5 <= (
    select count(*) from public.attempts
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and error ->> 'class' = 'lost');
end $$;
