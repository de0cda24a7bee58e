-- Inserts a run of a version with its input and first steps, and returns its id: of the steps that stand in no body, roots are ready, the others
-- pending with their dependencies counted. `p_reused` are keys of succeeded steps of the run `retry_of`, whose outputs it takes over. One statement,
-- and what can be known of a version is kept with it: a start that comes alone is mostly the reading of plans the processor has forgotten.
create function engine.insert_run(
  p_workflow uuid, p_version int, p_input jsonb, p_facts engine.run_facts, p_reused text[] default '{}')
returns uuid language plpgsql set search_path = ''
as $$
declare
  new_id constant uuid := coalesce(p_facts.id, engine.time_uuid(clock_timestamp()));
  created constant timestamptz := engine.now();
  has_root boolean;
begin
  with run as (
    insert into public.runs (
      id, workspace_id, workflow_id, version, plan_hash, title, mode, lane, priority, deadline_at, trigger, idempotency_key, retry_of,
      retry_mode, key_run, parent_run_id, parent_step, parent_item, counts, max_parallel, limit_key,
      limit_max, rate_key, rate_max, rate_ms, debounce_key, budgets, created_by, created_at)
    select new_id, workspace_id, workflow_id, n, plan_hash, coalesce(p_facts.title, plan_title), coalesce(p_facts.mode, 'live'), p_facts.lane,
      p_facts.priority, created + make_interval(secs => (plan_settings ->> 'deadlineMs')::double precision / 1000),
      coalesce(p_facts.trigger, '{"kind": "manual"}') || jsonb_build_object('at', engine.iso_time(created)), p_facts.idempotency_key,
      p_facts.retry_of, p_facts.retry_mode, coalesce(p_facts.key_run, new_id), p_facts.parent_run_id, p_facts.parent_step, p_facts.parent_item,
      plan_counts, coalesce((plan_settings ->> 'maxParallel')::int, 32), p_facts.limit_key, p_facts.limit_max, p_facts.rate_key, p_facts.rate_max,
      p_facts.rate_ms, p_facts.debounce_key,
      case when plan_settings ? 'budgets' or p_facts.budgets is not null
        then engine.least_budgets(plan_settings -> 'budgets', p_facts.budgets) end, p_facts.created_by, created
    from public.versions where (workflow_id, n) = (p_workflow, p_version)
    returning workspace_id, (counts -> 'ready')::int as ready
  ), payload as (
    insert into public.run_payloads (run_id, workspace_id, input, override) select new_id, workspace_id, p_input, p_facts.override from run
  ), step as (
    insert into public.steps (
      run_id, step_key, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, attempt_limit, remaining_deps, due_at)
    select new_id, step_key, workspace_id, id, node_id, kind, role, title, rank, p_facts.priority, p_facts.lane,
      case total_deps when 0 then 'ready' else 'pending' end, max_attempts, total_deps, case total_deps when 0 then created end
    from engine.plan_steps
    where (workflow_id, version) = (p_workflow, p_version) and within is null and role is distinct from 'rollback'
  )
  select ready > 0 into has_root from run;
  if cardinality(p_reused) > 0 then
    perform engine.take_over_steps(new_id, p_facts.retry_of, p_reused);
  end if;
  if not has_root or cardinality(p_reused) > 0 then
    perform engine.settle_runs(array[new_id]);
  end if;
  -- Where one worker that looks is enough, a burst of starts asks for no more than that; the call would cost each of them a tenth.
  perform engine.wake_workers() from engine.workers where sleeping and (database_cores > 3 or not exists (
    select from engine.workers as other
    where not other.sleeping and other.looks_until > clock_timestamp() and other.looks_until <= clock_timestamp() + interval '250 ms')) limit 1;
  return new_id;
end $$;
