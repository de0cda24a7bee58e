-- Opens an attempt for each step just moved to running and returns them as ClaimedSteps (core/worker.ts): the plan's fixed part, and a
-- scope of exactly the values at the step's reads. What may be done ahead comes with the first of each plan step only. Put together as text: building json from values cost more than everything else a claim
-- does. Keys, statuses and modes are words without quotes.
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
  with step as materialized (
    select step.*, place, row_number() over (partition by step.plan_step order by place) = 1 as is_first
    from unnest(p_claimed) with ordinality as ref (run_id, step_key, item_path, place)
    join public.steps as step using (run_id, step_key, item_path)
  ), opened as (
    insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, queued_ms)
    select run_id, step_key, item_path, attempt, workspace_id, worker, at, greatest(0, extract(epoch from at - due_at) * 1000)::bigint
    from step
  )
  select string_agg(concat(plan.head,
    ',"runId":"', step.run_id, '","workspaceId":"', step.workspace_id,
    '","itemPath":', case when step.item_path = '{}' then '[]' else translate(step.item_path::text, '{}', '[]') end,
    ',"attempt":', step.attempt, ',"tries":', step.tries, case when step.crashes > 0 then concat(',"crashes":', step.crashes) end,
    ',"leaseUntil":"', to_char(step.lease_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    '","keyRun":"', run.key_run, '","planHash":"', run.plan_hash, '","mode":"', run.mode, '","scope":{', concat_ws(',',
      case when 'steps' = any (plan.reads_roots) then concat('"steps":', coalesce(
        -- The most frequent case: one port of one step that succeeded and gave it.
        case when cardinality(plan.reads_steps) = 1 and (plan.reads_steps[1]).port is not null then (
          select concat('{"', other.step_key, '":{"output":{', to_json((plan.reads_steps[1]).port), ':', payload.output -> (plan.reads_steps[1]).port, '}}}')
          from public.steps as other
          join public.step_payloads as payload on (payload.run_id, payload.step_key, payload.item_path) = (other.run_id, other.step_key, other.item_path)
          where (other.run_id, other.step_key, other.item_path)
              = (step.run_id, (plan.reads_steps[1]).step_key, step.item_path[1:(plan.reads_steps[1]).depth])
            and (plan.reads_steps[1]).part = 'output' and other.status = 'succeeded'
            and payload.output ? (plan.reads_steps[1]).port and not payload.output ? '$blob') end,
        engine.read_steps(step.run_id, step.item_path, plan.reads_steps)::text)) end,
      case when 'input' = any (plan.reads_roots) then concat('"input":', coalesce((
        select engine.pick_keys(input, plan.reads_input)::text from public.run_payloads where run_id = step.run_id), 'null')) end,
      case when 'vars' = any (plan.reads_roots) then concat('"vars":', coalesce(plan.vars::text, '{}')) end,
      case when 'item' = any (plan.reads_roots) then concat('"item":', coalesce((
        select value::text from engine.items as item
        where (item.run_id, item.collector, item.item_path)
          = (step.run_id, plan.bodies[plan.item_depth], step.item_path[1:plan.item_depth])), 'null')) end,
      case when 'index' = any (plan.reads_roots) then concat('"index":', step.item_path[plan.item_depth]) end,
      case when 'previous' = any (plan.reads_roots) then concat('"previous":', coalesce((
        select value::text from engine.items as item
        where (item.run_id, item.collector, item.item_path)
          = (step.run_id, plan.bodies[plan.turn_depth], step.item_path[1:plan.turn_depth])), 'null')) end,
      case when 'turn' = any (plan.reads_roots) then concat('"turn":', step.item_path[plan.turn_depth]) end,
      case when 'trigger' = any (plan.reads_roots) then concat('"trigger":', run.trigger) end,
      case when 'run' = any (plan.reads_roots) then concat('"run":', json_build_object(
        'id', step.run_id, 'mode', run.mode, 'lane', run.lane, 'startedAt', engine.iso_time(run.started_at))) end
    ), '}',
    ',"keptOutput":' || case when step.keeps_output then (
      select output::text from public.step_payloads as kept
      where (kept.run_id, kept.step_key, kept.item_path) = (step.run_id, step.step_key, step.item_path)) end,
    ',"keptChecks":' || case when step.keeps_output then (
      select checks::text from public.step_payloads as kept
      where (kept.run_id, kept.step_key, kept.item_path) = (step.run_id, step.step_key, step.item_path)) end,
    ',"budgeted":' || case when run.budgets is not null then (select json_agg(name) from jsonb_object_keys(run.budgets) as name)::text end,
    ',"override":' || case when run.retry_of is not null then (
      select override -> 'inputs' from public.run_payloads where run_id = step.run_id and override ->> 'step' = step.step_key)::text end,
    case when plan.ahead is not null and run.budgets is null and run.retry_of is null and not step.keeps_output then concat(
      ',"followingScopes":', case when plan.ahead_reads then engine.scopes_ahead(step.run_id, step.item_path, plan.id, plan.ahead) else '[]' end,
      case when step.is_first then concat(',"following":', engine.row_ahead(plan.id, plan.ahead)) end) end,
    '}'), ',' order by place)
  into claimed
  from step
  join engine.plan_steps as plan on plan.id = step.plan_step
  join public.runs as run on run.id = step.run_id;
  return '[' || coalesce(claimed, '') || ']';
end $$;
