-- Inserts a run of a version with its input and first steps, and returns its id: of the steps that stand in no body, roots are ready, `p_reused`
-- ones, keys of succeeded steps of the run `retry_of`, succeeded with the old output, the others pending with their dependencies counted. One
-- statement: starting each of several takes longer than what they do.
create function engine.insert_run(
  p_workflow uuid, p_version int, p_input jsonb, p_facts engine.run_facts, p_reused text[] default '{}')
returns uuid language plpgsql set search_path = ''
as $$
declare
  new_id constant uuid := coalesce(p_facts.id, engine.time_uuid(clock_timestamp()));
  created constant timestamptz := engine.now();
  has_root boolean;
begin
  with first as materialized (
    select plan.workspace_id, plan.step_key, plan.id as plan_step, plan.node_id, plan.kind, plan.role, plan.title, plan.rank, plan.max_attempts,
      plan.total_deps, old.run_id as reused_from, old.port, old.output_is_fallback, old.verification, old.items_total, old.items_done,
      old.items_failed, old.items_started, old.started_at, old.finished_at,
      case when old.run_id is not null then 'succeeded' when plan.total_deps = 0 then 'ready' else 'pending' end as status
    from engine.plan_steps as plan
    left join public.steps as old on cardinality(p_reused) > 0 and plan.step_key = any (p_reused)
      and (old.run_id, old.step_key, old.item_path) = (p_facts.retry_of, plan.step_key, '{}'::int[])
    where (plan.workflow_id, plan.version) = (p_workflow, p_version) and plan.within is null and plan.role is distinct from 'rollback'
  ), counted as materialized (
    select count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'ready') as ready,
      count(*) filter (where status = 'succeeded') as succeeded, count(*) as total
    from first
  ), run as (
    insert into public.runs (
      id, workspace_id, workflow_id, version, plan_hash, title, mode, lane, priority, deadline_at, trigger, idempotency_key, retry_of,
      retry_mode, key_run, parent_run_id, parent_step, parent_item, counts, max_parallel, limit_key,
      limit_max, rate_key, rate_max, rate_ms, debounce_key, budgets, created_by, created_at)
    select new_id, workspace_id, workflow_id, n, plan_hash, coalesce(p_facts.title, plan_title), coalesce(p_facts.mode, 'live'), p_facts.lane,
      p_facts.priority, created + make_interval(secs => (plan_settings ->> 'deadlineMs')::double precision / 1000),
      coalesce(p_facts.trigger, '{"kind": "manual"}') || jsonb_build_object('at', engine.iso_time(created)), p_facts.idempotency_key,
      p_facts.retry_of, p_facts.retry_mode, coalesce(p_facts.key_run, new_id), p_facts.parent_run_id, p_facts.parent_step, p_facts.parent_item,
      jsonb_build_object('pending', pending, 'ready', ready, 'running', 0, 'waiting', 0, 'succeeded', succeeded, 'failed', 0, 'skipped', 0,
        'cancelled', 0, 'total', total),
      coalesce((plan_settings ->> 'maxParallel')::int, 32), p_facts.limit_key, p_facts.limit_max, p_facts.rate_key, p_facts.rate_max,
      p_facts.rate_ms, p_facts.debounce_key,
      case when plan_settings ? 'budgets' or p_facts.budgets is not null
        then engine.least_budgets(plan_settings -> 'budgets', p_facts.budgets) end, p_facts.created_by, created
    from public.versions cross join counted where (workflow_id, n) = (p_workflow, p_version)
    returning workspace_id
  ), payload as (
    insert into public.run_payloads (run_id, workspace_id, input, override) select new_id, workspace_id, p_input, p_facts.override from run
  ), step as (
    insert into public.steps (
      run_id, step_key, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, last_move, attempt_limit,
      remaining_deps, due_at, port, output_is_fallback, reused_from, verification, items_total, items_done, items_failed, items_started,
      started_at, finished_at)
    select new_id, step_key, workspace_id, plan_step, node_id, kind, role, title, rank, p_facts.priority, p_facts.lane, status,
      case status when 'succeeded' then 'step.reused' else 'step.ready' end, max_attempts, case status when 'pending' then total_deps else 0 end,
      case status when 'ready' then created end, port, coalesce(output_is_fallback, false), reused_from, coalesce(verification, 'none'),
      items_total, coalesce(items_done, 0), coalesce(items_failed, 0), coalesce(items_started, 0), started_at, finished_at
    from first
  )
  select ready > 0 into has_root from counted;
  if cardinality(p_reused) > 0 then
    perform engine.take_over_steps(new_id, p_facts.retry_of, p_reused);
  end if;
  if not has_root or cardinality(p_reused) > 0 then
    perform engine.settle_runs(array[new_id]);
  end if;
  perform engine.wake_workers() from engine.workers where sleeping limit 1;
  return new_id;
end $$;
