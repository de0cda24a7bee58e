-- Adds starts and ends to the rows of their hours.
create function engine.add_to_rollups(p_deltas engine.rollup_deltas[])
returns void language plpgsql set search_path = ''
as $$
declare
  bounds constant bigint[] := '{0,101,301,1001,3001,10001,30001,60001,300001,1800001,3600001,21600001}';
begin
  insert into public.rollups as rollup (
    workspace_id, workflow_id, lane, hour, started, succeeded, failed, cancelled, resumed, queued_ms, duration_ms, duration_buckets,
    attempts_succeeded, attempts_failed, attempts_lost, attempts_other, tokens_in, tokens_out, cost_usd)
  select workspace_id, workflow_id, lane, hour, coalesce(sum(sign) filter (where ended is null), 0),
    coalesce(sum(sign) filter (where ended = 'succeeded'), 0), coalesce(sum(sign) filter (where ended = 'failed'), 0),
    coalesce(sum(sign) filter (where ended = 'cancelled'), 0), coalesce(sum(sign) filter (where ended is not null and retry_count > 0), 0),
    coalesce(sum(sign * queued), 0), coalesce(sum(sign * duration), 0),
    engine.count_buckets(array_agg(bucket), array_agg(sign)),
    sum(sign * tried.succeeded), sum(sign * tried.failed), sum(sign * tried.lost), sum(sign * tried.other),
    coalesce(sum(sign * (usage ->> 'tokensIn')::bigint), 0), coalesce(sum(sign * (usage ->> 'tokensOut')::bigint), 0),
    coalesce(sum(sign * (usage ->> 'costUsd')::numeric), 0)
  from (
    select delta.*, date_trunc('hour', at, 'UTC') as hour,
      case when ended is not null then greatest(0, extract(epoch from coalesce(started_at, at) - created_at) * 1000)::bigint end as queued,
      case when ended is not null then greatest(0, extract(epoch from at - coalesce(started_at, at)) * 1000)::bigint end as duration
    from unnest(p_deltas) as delta
  ) as timed
  cross join lateral (select width_bucket(duration, bounds) as bucket) as placed
  cross join lateral (
    select count(*) filter (where outcome = 'succeeded') as succeeded, count(*) filter (where outcome = 'failed') as failed,
      count(*) filter (where outcome = 'lost') as lost, count(*) filter (where outcome not in ('succeeded', 'failed', 'lost')) as other
    from public.attempts as attempt
    where ended is not null and attempt.run_id = timed.run_id and attempt.finished_at <= timed.at
  ) as tried
  where exists (select from public.workflows where id = workflow_id)
  group by workspace_id, workflow_id, lane, hour
  order by workspace_id, hour, workflow_id, lane
  on conflict (workspace_id, hour, workflow_id, lane) do update set
    started = rollup.started + excluded.started, succeeded = rollup.succeeded + excluded.succeeded,
    failed = rollup.failed + excluded.failed, cancelled = rollup.cancelled + excluded.cancelled,
    resumed = rollup.resumed + excluded.resumed, queued_ms = rollup.queued_ms + excluded.queued_ms,
    duration_ms = rollup.duration_ms + excluded.duration_ms,
    duration_buckets = array(
      select coalesce(old, 0) + coalesce(new, 0)
      from unnest(rollup.duration_buckets, excluded.duration_buckets) with ordinality as bucket (old, new, place) order by place),
    attempts_succeeded = rollup.attempts_succeeded + excluded.attempts_succeeded,
    attempts_failed = rollup.attempts_failed + excluded.attempts_failed, attempts_lost = rollup.attempts_lost + excluded.attempts_lost,
    attempts_other = rollup.attempts_other + excluded.attempts_other, tokens_in = rollup.tokens_in + excluded.tokens_in,
    tokens_out = rollup.tokens_out + excluded.tokens_out, cost_usd = rollup.cost_usd + excluded.cost_usd;
end $$;
