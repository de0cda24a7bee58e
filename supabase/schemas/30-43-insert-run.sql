-- Inserts a run of a version with its input and first steps, and returns its id. `p_facts` are columns of the run: id, title, mode, lane,
-- priority, trigger, created_by, idempotency_key, retry_of, retry_mode, key_run, parent_run_id, parent_step, parent_item, debounce_key, budgets, override.
-- `p_reused` are keys of succeeded steps taken over from the run `retry_of`.
create function engine.insert_run(p_version public.versions, p_input jsonb, p_facts jsonb, p_reused text[] default '{}')
returns uuid language plpgsql set search_path = ''
as $$
declare
  settings constant jsonb := p_version.plan_settings;
  new_id constant uuid := coalesce((p_facts ->> 'id')::uuid, engine.time_uuid(clock_timestamp()));
  at constant timestamptz := engine.now();
  wanted engine.run_facts;
  counted jsonb;
begin
  wanted := jsonb_populate_record(null::engine.run_facts, case
    when settings ?| '{concurrency,rateLimit}' then engine.limit_facts(settings, p_input) || p_facts else p_facts end);
  select jsonb_build_object(
    'pending', count(*) filter (where not reused and not is_root), 'ready', count(*) filter (where not reused and is_root),
    'running', 0, 'waiting', 0, 'succeeded', count(*) filter (where reused), 'failed', 0, 'skipped', 0, 'cancelled', 0,
    'total', count(*))
  into counted
  from (
    select step_key = any (p_reused) as reused, total_deps = 0 as is_root from engine.plan_steps
    where workflow_id = p_version.workflow_id and version = p_version.n and within is null and role is distinct from 'rollback'
  ) as step;

  insert into public.runs (
    id, workspace_id, workflow_id, version, plan_hash, title, mode, lane, priority, deadline_at, trigger, idempotency_key, retry_of,
    retry_mode, key_run, parent_run_id, parent_step, parent_item, counts, max_parallel, limit_key,
    limit_max, rate_key, rate_max, rate_ms, debounce_key, budgets, created_by, created_at)
  values (
    new_id, p_version.workspace_id, p_version.workflow_id, p_version.n, p_version.plan_hash,
    coalesce(wanted.title, p_version.plan_title), coalesce(wanted.mode, 'live'),
    engine.choose_lane(p_version.workspace_id, coalesce(wanted.lane, settings ->> 'lane')),
    coalesce(wanted.priority, (settings ->> 'priority')::int, 100),
    at + make_interval(secs => (settings ->> 'deadlineMs')::double precision / 1000),
    coalesce(wanted.trigger, '{"kind": "manual"}') || jsonb_build_object('at', engine.iso_time(at)),
    wanted.idempotency_key, wanted.retry_of, wanted.retry_mode, coalesce(wanted.key_run, new_id), wanted.parent_run_id,
    wanted.parent_step, wanted.parent_item, counted, coalesce((settings ->> 'maxParallel')::int, 32), wanted.limit_key,
    wanted.limit_max, wanted.rate_key, wanted.rate_max, wanted.rate_ms, wanted.debounce_key,
    case when settings ? 'budgets' or wanted.budgets is not null then engine.least_budgets(settings -> 'budgets', wanted.budgets) end,
    wanted.created_by, at);
  insert into public.run_payloads (run_id, workspace_id, input, override)
  values (new_id, p_version.workspace_id, p_input, p_facts -> 'override');
  perform engine.insert_first_steps(new_id, p_reused, at);
  if (counted ->> 'ready')::int = 0 or cardinality(p_reused) > 0 then
    perform engine.settle_runs(array[new_id]);
  end if;
  perform engine.wake_workers();
  return new_id;
end $$;
