-- Lets ended waits of locked runs take effect: dependents first, then the runs.
create function engine.finish_waits(p_ended engine.step_ref[])
returns void language plpgsql set search_path = ''
as $$
begin
  if cardinality(p_ended) = 0 then
    return;
  end if;
  perform engine.advance(p_ended, null, 0, null);
  perform engine.settle_runs(array(select distinct run_id from unnest(p_ended)));
  perform engine.wake_workers();
end $$;
