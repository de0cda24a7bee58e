-- Lets ended waits of locked runs take effect: dependents first, then the runs. Steps that went on to their checks have not ended.
create function engine.finish_waits(p_ended engine.step_ref[])
returns void language plpgsql set search_path = ''
as $$
begin
  if cardinality(p_ended) = 0 then
    return;
  end if;
  perform engine.advance(array(
    select (run_id, step_key, item_path)::engine.step_ref
    from unnest(p_ended) join public.steps as step using (run_id, step_key, item_path) where step.finished_at is not null), null, 0, null);
  perform engine.settle_runs(array(select distinct run_id from unnest(p_ended)));
  perform engine.wake_workers();
end $$;
