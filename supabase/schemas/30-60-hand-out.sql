-- Opens an attempt for each step just moved to running and returns them as ClaimedSteps (core/worker.ts): the plan's fixed part, and a
-- scope of exactly the values at the step's reads. Put together as text: merging jsonb cost more than everything else a claim does.
create function engine.hand_out(p_claimed engine.step_ref[])
returns json language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  claimed text;
begin
  if cardinality(p_claimed) = 0 then
    return '[]';
  end if;
  insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, queued_ms)
  select run_id, step_key, item_path, step.attempt, step.workspace_id, step.worker, at,
    greatest(0, extract(epoch from at - step.due_at) * 1000)::bigint
  from unnest(p_claimed) join public.steps as step using (run_id, step_key, item_path);

  -- The definition's closing brace and the other object's opening one give way to a comma.
  select string_agg(left(plan.definition::text, -1) || ',' || substr(json_build_object(
    'runId', step.run_id, 'workspaceId', step.workspace_id, 'itemPath', step.item_path, 'attempt', step.attempt, 'tries', step.tries,
    'leaseUntil', to_char(step.lease_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'keyRun', run.key_run, 'planHash', run.plan_hash, 'mode', run.mode,
    'scope', ('{' || concat_ws(',',
      case when 'steps' = any (plan.reads_roots) then '"steps":' || engine.read_steps(step.run_id, step.item_path, plan.reads_steps)::text end,
      case when 'input' = any (plan.reads_roots) then '"input":' || coalesce(engine.pick_keys(payload.input, plan.reads_input)::text, 'null') end,
      case when 'vars' = any (plan.reads_roots) then '"vars":' || coalesce(plan.vars::text, '{}') end,
      case when 'item' = any (plan.reads_roots) then '"item":' || coalesce((
        select value::text from engine.items as item
        where (item.run_id, item.collector, item.item_path) = (step.run_id, plan.within, step.item_path)), 'null') end,
      case when 'index' = any (plan.reads_roots) then '"index":' || step.item_path[cardinality(step.item_path)] end,
      case when 'trigger' = any (plan.reads_roots) then '"trigger":' || run.trigger::text end,
      case when 'run' = any (plan.reads_roots) then '"run":' || json_build_object(
        'id', step.run_id, 'mode', run.mode, 'lane', run.lane, 'startedAt', engine.iso_time(run.started_at))::text end
    ) || '}')::json,
    'keptOutput', case when step.keeps_output then (
      select output from public.step_payloads as kept
      where (kept.run_id, kept.step_key, kept.item_path) = (ref.run_id, ref.step_key, ref.item_path)) end,
    'override', case when payload.override ->> 'step' = step.step_key then payload.override -> 'inputs' end
  )::text, 2), ',')
  into claimed
  from unnest(p_claimed) as ref
  join public.steps as step using (run_id, step_key, item_path)
  join engine.plan_steps as plan on plan.id = step.plan_step
  join public.runs as run on run.id = step.run_id
  join public.run_payloads as payload on payload.run_id = step.run_id;
  return '[' || coalesce(claimed, '') || ']';
end $$;
