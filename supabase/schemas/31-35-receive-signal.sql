-- Gives a signal to the step of a locked run that has waited for it longest, or keeps it. Returns the step's key when one took it, `kept`
-- when it waits, `full` when the run keeps too many already, `ended` when the run is over.
create function engine.receive_signal(p_run uuid, p_name text, p_payload jsonb, p_by uuid)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  taker engine.step_ref;
begin
  if exists (select from public.runs where id = p_run and (finished_at is not null or cancel_requested_at is not null)) then
    return '{"signal": "ended"}';
  end if;
  select wait.run_id, wait.step_key, wait.item_path into taker
  from engine.signal_waits as wait join public.steps as step using (run_id, step_key, item_path)
  where wait.run_id = p_run and wait.name = p_name and step.status = 'waiting' and step.waiting_for ->> 'kind' = 'signal'
    and engine.matches_signal(wait.match, p_payload)
  order by wait.opened_at, step.rank, step.item_path limit 1;
  if taker.run_id is not null then
    delete from engine.signal_waits where (run_id, step_key, item_path) = (taker.run_id, taker.step_key, taker.item_path);
    perform engine.complete_step(taker, null, jsonb_build_object('signal', p_payload));
    perform engine.finish_waits(array[taker]);
    return jsonb_build_object('signal', 'taken', 'step', taker.step_key, 'item', taker.item_path);
  end if;
  if (select count(*) from engine.signals where run_id = p_run) >= 100 then
    return '{"signal": "full"}';
  end if;
  insert into engine.signals (run_id, name, payload, sent_by, sent_at) values (p_run, p_name, p_payload, p_by, engine.now());
  return '{"signal": "kept"}';
end $$;
