-- Lets held firings go whose earlier run has ended, one per trigger, and removes those closed 30 days ago. Called by the sweep.
create function engine.tend_firings()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  update public.firings set status = 'pending', due_at = at
  where id in (
    select min(held.id) from public.firings as held
    where held.status = 'held' and not exists (
      select from (
        select run_id from public.firings where trigger_id = held.trigger_id and status = 'fired' order by id desc limit 20
      ) as earlier join public.runs as run on run.id = earlier.run_id where run.finished_at is null)
    group by held.trigger_id);
  delete from public.firings
  where id in (select id from public.firings where closed_at < at - interval '30 days' order by closed_at limit 1000);
end $$;
