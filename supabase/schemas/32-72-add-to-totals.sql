-- Adds ends of runs and the attempts since their last resume to the installation's totals, which never fall: what a resume undid counts
-- there all the same.
create function engine.add_to_totals(p_deltas engine.rollup_deltas[])
returns void language plpgsql set search_path = ''
as $$
declare
  -- Each one above the bound of its bucket: what equals a bound is still below it.
  bounds constant bigint[] := '{6,11,26,51,101,251,501,1001,2501,5001,10001,30001,60001}';
begin
  insert into engine.totals as total (name, value)
  with ended as (
    select delta.run_id, delta.ended, delta.at, delta.retry_count, case when delta.retry_count > 0 then (
        select max(event.at) from public.run_events as event
        where event.run_id = delta.run_id and event.kind = 'run.retried' and event.at <= delta.at
      ) end as resumed_at
    from unnest(p_deltas) as delta where delta.sign = 1 and delta.ended is not null
  ), tried as (
    -- Few groups instead of every attempt under every bound.
    select attempt.outcome, width_bucket(attempt.queued_ms, bounds) as bucket, count(*) as n, sum(attempt.queued_ms) as queued
    from ended join public.attempts as attempt on attempt.run_id = ended.run_id and attempt.finished_at <= ended.at
      and (ended.resumed_at is null or attempt.finished_at > ended.resumed_at)
    where attempt.outcome is not null group by attempt.outcome, bucket
  )
  select 'runs.' || ended, count(*) from ended group by ended
  union all
  select 'resumes', count(*) from ended where retry_count > 0 having count(*) > 0
  union all
  select 'attempts.' || outcome, sum(n) from tried group by outcome
  union all
  select 'claim_ms.sum', coalesce(sum(queued), 0) from tried
  union all
  select 'claim_ms.count', coalesce(sum(n), 0) from tried
  union all
  select 'claim_ms.le_' || bound - 1, sum(n) from unnest(bounds) with ordinality as bucket_end (bound, place)
  join tried on tried.bucket < place group by bound
  order by 1
  on conflict (name) do update set value = total.value + excluded.value;
end $$;
