-- Broadcasts the envelopes of new events: one message per topic and statement (large ones in parts of 500 events). It writes where
-- realtime.send writes, many rows at once; like there, a broadcast that fails never fails the move: viewers read what they missed.
-- The envelopes are put together as text and read as jsonb once; times are mostly one and the same, so one is kept at hand. Keys, kinds
-- and statuses are words without quotes.
create function engine.announce_events()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  first_at timestamptz;
  first_time text;
begin
  select at into first_at from new_events limit 1;
  first_time := engine.iso_time(first_at);
  insert into realtime.messages (topic, extension, event, payload, private)
  select topic, 'broadcast', 'run_events', concat('{"events":[', string_agg(envelope, ',' order by run_id, seq), ']}')::jsonb, true
  from (
    select case place when 1 then 'run:' || run_id else 'workspace:' || workspace_id end as topic,
      case place when 1 then seq / 500 else 0 end as part, run_id, seq,
      concat('{"runId":"', run_id, '","seq":', seq, ',"kind":"', kind, '","status":"', status, '","at":"',
        case when at = first_at then first_time else engine.iso_time(at) end, '"', ',"step":"' || step_key || '"',
        ',"item":' || case when item_path = '{}' then '[]' else translate(item_path::text, '{}', '[]') end,
        ',"attempt":' || attempt, ',"counts":' || counts::text, '}') as envelope
    from new_events cross join generate_series(1, 2) as place
    where place = 1 or kind like 'run.%'
  ) as event
  group by topic, part;
  return null;
exception when others then
  raise warning 'Events were not broadcast: % (%)', sqlerrm, sqlstate;
  return null;
end $$;

create trigger run_events_announce after insert on public.run_events
  referencing new table as new_events
  for each statement execute function engine.announce_events();
