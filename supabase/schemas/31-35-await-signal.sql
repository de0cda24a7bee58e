-- Makes a parked step wait for a signal, or take the oldest fitting one that came before it. Returns the step if it ended.
create function engine.await_signal(p_step engine.step_ref, p_park jsonb)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  kept engine.signals;
begin
  delete from engine.signals
  where id = (
    select id from engine.signals as signal
    where signal.run_id = p_step.run_id and signal.name = p_park ->> 'name' and engine.matches_signal(p_park -> 'match', signal.payload)
    order by id limit 1)
  returning * into kept;
  if kept.id is not null then
    perform engine.complete_step(p_step, null, jsonb_build_object('signal', kept.payload));
    return array[p_step];
  end if;
  insert into engine.signal_waits (run_id, step_key, item_path, name, match, on_timeout, opened_at)
  values (p_step.run_id, p_step.step_key, p_step.item_path, p_park ->> 'name', p_park -> 'match', p_park ->> 'onTimeout', engine.now())
  on conflict (run_id, step_key, item_path) do update set
    name = excluded.name, match = excluded.match, on_timeout = excluded.on_timeout, opened_at = excluded.opened_at;
  return '{}';
end $$;
