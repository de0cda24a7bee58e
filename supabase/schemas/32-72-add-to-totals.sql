-- Adds ends of runs and the attempts since their last resume to the installation's totals, which never fall: what a resume undid counts
-- there all the same.
create function engine.add_to_totals(p_deltas engine.rollup_deltas[])
returns void language plpgsql set search_path = ''
as $$
begin
  insert into engine.totals as total (name, value)
  with ended as (
    select delta.run_id, delta.ended, delta.at, delta.retry_count, case when delta.retry_count > 0 then (
        select max(event.at) from public.run_events as event
        where event.run_id = delta.run_id and event.kind = 'run.retried' and event.at <= delta.at
      ) end as resumed_at
    from unnest(p_deltas) as delta where delta.sign = 1 and delta.ended is not null
  ), tried as (
    select attempt.outcome, attempt.queued_ms from ended
    join public.attempts as attempt on attempt.run_id = ended.run_id and attempt.finished_at <= ended.at
      and (ended.resumed_at is null or attempt.finished_at > ended.resumed_at)
  )
  select 'runs.' || ended, count(*) from ended group by ended
  union all
  select 'resumes', count(*) from ended where retry_count > 0 having count(*) > 0
  union all
  select 'attempts.' || outcome, count(*) from tried where outcome is not null group by outcome
  union all
  select 'claim_ms.sum', coalesce(sum(queued_ms), 0) from tried
  union all
  select 'claim_ms.count', count(*) from tried
  union all
  select 'claim_ms.le_' || bound, count(*) from tried
  cross join unnest('{5,10,25,50,100,250,500,1000,2500,5000,10000,30000,60000}'::int[]) as bound
  where queued_ms <= bound group by bound
  order by 1
  on conflict (name) do update set value = total.value + excluded.value;
end $$;
