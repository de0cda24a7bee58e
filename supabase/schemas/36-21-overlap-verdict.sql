-- What a schedule does about its earlier runs that still go: 'fire', 'skipped' or 'held'; cancels them where the policy says so. Locks the
-- trigger, so that two slots never decide at once.
create function engine.overlap_verdict(p_trigger public.triggers)
returns text language plpgsql set search_path = ''
as $$
declare
  going uuid[];
begin
  perform from public.triggers where id = p_trigger.id for no key update;
  going := array(
    select run.id from (
      select run_id from public.firings where trigger_id = p_trigger.id and status = 'fired' order by id desc limit 20
    ) as earlier join public.runs as run on run.id = earlier.run_id
    where run.finished_at is null);
  if cardinality(going) = 0 then
    return 'fire';
  elsif p_trigger.config ->> 'overlap' = 'cancel_previous' then
    insert into engine.deliveries (run_id, kind) select unnest(going), 'cancel';
    return 'fire';
  end if;
  return case p_trigger.config ->> 'overlap' when 'queue' then 'held' else 'skipped' end;
end $$;
