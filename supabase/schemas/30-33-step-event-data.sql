-- What a step event's `data` holds (core/run-event.ts); called by the move triggers.
create function engine.step_event_data(p_status text, p_waiting_for jsonb, p_port text, p_error jsonb, p_items int)
returns jsonb language plpgsql immutable set search_path = ''
as $$
begin
  if p_waiting_for is null and p_port is null and p_error is null and p_items is null then
    return '{}';
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'waitingFor', p_waiting_for,
    'port', p_port,
    'errorCode', case when p_status in ('failed', 'waiting', 'cancelled') then p_error ->> 'code' end,
    'items', p_items
  ));
end $$;
