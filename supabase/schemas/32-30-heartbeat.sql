-- Renews a worker's leases where attempt and status still match, and says which steps should stop. Leases: [{runId, stepKey, itemPath,
-- attempt}]; the answer adds held, renewed and cancelRequested. Held without renewed: the run was busy, and the lease is as old as it was.
create function engine.heartbeat(p_worker text, p_leases jsonb, p_lease_ms int)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  lease_end constant timestamptz := engine.now() + make_interval(secs => p_lease_ms / 1000.0);
  answer jsonb;
begin
  -- Run first, then steps. A run somebody else holds is skipped, not waited for: that holder may be about to end the very step, and a
  -- renewal a moment later is early enough.
  with asked as (
    select * from jsonb_to_recordset(p_leases) as lease ("runId" uuid, "stepKey" text, "itemPath" int[], attempt int)
  ), locked as materialized (
    select run.* from (select distinct "runId" from asked) as leased cross join lateral (
      select id, cancel_requested_at from public.runs where id = "runId" offset 0 for no key update skip locked) as run
  ), renewed as (
    update public.steps as step set lease_until = lease_end
    from asked join locked on locked.id = asked."runId"
    where (step.run_id, step.step_key, step.item_path) = (asked."runId", asked."stepKey", asked."itemPath")
      and step.status = 'running' and step.attempt = asked.attempt
    returning step.run_id, step.step_key, step.item_path
  )
  select jsonb_agg(jsonb_build_object(
    'runId', asked."runId", 'stepKey', asked."stepKey", 'itemPath', asked."itemPath", 'attempt', asked.attempt,
    'held', renewed.run_id is not null or coalesce(step.status = 'running' and step.attempt = asked.attempt, false),
    'renewed', renewed.run_id is not null, 'cancelRequested', run.cancel_requested_at is not null))
  into answer
  from asked
  left join renewed on (renewed.run_id, renewed.step_key, renewed.item_path) = (asked."runId", asked."stepKey", asked."itemPath")
  left join public.steps as step on (step.run_id, step.step_key, step.item_path) = (asked."runId", asked."stepKey", asked."itemPath")
  left join public.runs as run on run.id = asked."runId";
  return coalesce(answer, '[]');
end $$;
