-- Broadcasts the envelopes of new events: one message per topic and statement (large ones in parts of 500 events). It writes where
-- realtime.send writes, many rows at once; like there, a broadcast that fails never fails the move: viewers read what they missed.
create function engine.announce_events()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  insert into realtime.messages (topic, extension, event, payload, private)
  select topic, 'broadcast', 'run_events', jsonb_build_object('events', jsonb_agg(envelope order by run_id, seq)), true
  from (
    select run_id, seq, seq / 500 as part, kind, workspace_id,
      jsonb_strip_nulls(jsonb_build_object(
        'runId', run_id, 'seq', seq, 'kind', kind, 'step', step_key, 'item', item_path, 'status', status, 'attempt', attempt,
        'at', engine.iso_time(at), 'counts', counts)) as envelope
    from new_events
  ) as event
  cross join lateral (
    values ('run:' || run_id), (case when kind like 'run.%' then 'workspace:' || workspace_id end)
  ) as topics (topic)
  where topic is not null
  group by topic, case when topic like 'run:%' then part else 0 end;
  return null;
exception when others then
  raise warning 'Events were not broadcast: % (%)', sqlerrm, sqlstate;
  return null;
end $$;

create trigger run_events_announce after insert on public.run_events
  referencing new table as new_events
  for each statement execute function engine.announce_events();
