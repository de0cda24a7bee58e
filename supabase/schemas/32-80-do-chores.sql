-- Does the chores that are due, each at its own pace; called by the sweep. Another sweep's chore is left alone.
create function engine.do_chores()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  chore text;
  wait interval;
  began timestamptz;
begin
  if not exists (select from engine.chores where due_at <= at and name <> 'sweep') then
    return;
  end if;
  for chore in select name from engine.chores where due_at <= at and name <> 'sweep' order by name for update skip locked loop
    began := clock_timestamp();
    case chore
      when 'partitions' then
        perform engine.make_event_partitions();
        perform engine.drop_event_partitions();
        wait := '1 hour';
      when 'retain' then
        -- A full slice means that more is left.
        wait := case when engine.retain(200) < 200 then interval '1 hour' else interval '2 s' end;
    end case;
    update engine.chores set due_at = at + wait, took_ms = extract(epoch from clock_timestamp() - began) * 1000 where name = chore;
  end loop;
end $$;
