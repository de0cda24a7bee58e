-- Notes that a worker begins a step whose worker died before, right before it does: if this one dies too, it is known which of those it held
-- may have killed it.
create function engine.mark_begun(p_run uuid, p_step text, p_item int[], p_attempt int)
returns void language plpgsql security definer set search_path = ''
as $$
begin
  update public.attempts set begun_at = greatest(engine.now(), started_at)
  where (run_id, step_key, item_path, n) = (p_run, p_step, p_item, p_attempt) and outcome is null;
end $$;
