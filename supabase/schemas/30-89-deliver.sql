-- Delivers messages between runs to those runs that nobody holds right now; the others get theirs later. Called by the sweep and at the end
-- of a report.
create function engine.deliver()
returns int language plpgsql set search_path = ''
as $$
declare
  message record;
  child public.runs;
  waiting engine.step_ref;
  delivered int := 0;
begin
  for message in
    select delivery.* from engine.deliveries as delivery order by delivery.id limit 100
  loop
    perform from public.runs where id = message.run_id for no key update skip locked;
    continue when not found;
    delete from engine.deliveries where id = message.id;
    continue when not found;
    delivered := delivered + 1;
    if message.kind = 'cancel' then
      perform engine.cancel_locked_run(message.run_id, null);
      continue;
    elsif message.kind = 'signal' then
      perform engine.receive_signal(message.run_id, message.payload ->> 'name', message.payload -> 'payload',
        (message.payload ->> 'by')::uuid);
      continue;
    end if;
    select * into child from public.runs where id = (message.payload ->> 'run')::uuid;
    select run_id, step_key, item_path into waiting from public.steps
    where (run_id, step_key, item_path) = (message.run_id, message.step_key, message.item_path)
      and status = 'waiting' and waiting_for ->> 'ref' = 'run:' || child.id;
    continue when waiting.run_id is null;
    if child.status = 'succeeded' then
      perform engine.complete_step(waiting, null, jsonb_build_object('run', child.id)
        || coalesce((select output from public.run_payloads where run_id = child.id), '{}'));
    else
      perform engine.fail_waiting(waiting, jsonb_build_object('class', case child.status when 'cancelled' then 'cancelled' else 'permanent' end,
        'code', 'child_' || child.status, 'message', left(format('The run "%s" %s: %s', child.title,
          case child.status when 'cancelled' then 'was cancelled' else 'failed' end, coalesce(child.error ->> 'message', 'no reason given')), 500),
        'hint', 'Open that run, retry it or correct its cause, then retry this one.'));
    end if;
    perform engine.finish_waits(array[waiting]);
  end loop;
  return delivered;
end $$;
