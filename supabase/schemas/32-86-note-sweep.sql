-- Notes how long a sweep took, at most every five seconds. Called last by the sweep with the time it began.
create function engine.note_sweep(p_began timestamptz)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  if exists (select from engine.chores where name = 'sweep' and due_at <= at) then
    update engine.chores set due_at = at + interval '5 s', took_ms = extract(epoch from at - p_began) * 1000
    where name = (select name from engine.chores where name = 'sweep' and due_at <= at for update skip locked);
  end if;
end $$;
