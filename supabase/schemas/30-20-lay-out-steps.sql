-- Writes the plan steps of a new version from its plan; called by the trigger on versions.
create function engine.lay_out_steps(p_workspace uuid, p_workflow uuid, p_version int, p_plan jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  insert into engine.plan_steps (
    workspace_id, workflow_id, version, step_key, kind, role, node_id, title, rank, effect, has_checks, on_failure, join_mode, bodies, within,
    retry, max_attempts, timeout_ms, deadline_ms, step_hash, definition, vars, reads_roots, reads_input, reads_steps, collector,
    result_path, map_config
  )
  with recursive plan as (
    select step, step ->> 'key' as step_key, step ->> 'within' as within, position::int as rank
    from jsonb_array_elements(p_plan -> 'steps') with ordinality as listed (step, position)
  ), nesting (step_key, outermost, bodies) as (
    select step_key, within, case when within is null then '{}'::text[] else array[within] end from plan
    union all
    select nesting.step_key, parent.within, parent.within || nesting.bodies
    from nesting join plan as parent on parent.step_key = nesting.outermost and parent.within is not null
  ), placed as (
    select distinct on (step_key) step_key, bodies from nesting order by step_key, cardinality(bodies) desc
  ), read as (
    select step_key, engine.path_parts(path) as part from plan, jsonb_array_elements_text(step -> 'reads') as reads (path)
  ), scope as (
    select read.step_key,
      array_agg(distinct part[1]) as roots,
      array_agg(distinct coalesce(part[2], '*')) filter (where part[1] = 'input') as input,
      bool_or(part[1] = 'vars' and part[2] is null) as all_vars,
      array_agg(distinct part[2]) filter (where part[1] = 'vars') as vars,
      array_agg(distinct (part[2], part[3], case when part[3] = 'output' then part[4] end, cardinality(read_from.bodies))::engine.step_read)
        filter (where part[1] = 'steps' and read_from.step_key is not null) as steps
    from read left join placed as read_from on part[1] = 'steps' and read_from.step_key = part[2]
    group by read.step_key
  )
  select p_workspace, p_workflow, p_version, plan.step_key, step ->> 'kind', step ->> 'role', step ->> 'nodeId', step ->> 'title', rank,
    step ->> 'effect', step -> 'verifiers' <> '[]', coalesce(step ->> 'onFailure', 'fail_run'), coalesce(step ->> 'join', 'all'), placed.bodies, plan.within,
    step -> 'retry', (step -> 'retry' ->> 'maxAttempts')::int, (step ->> 'timeoutMs')::int, (step ->> 'deadlineMs')::bigint,
    step ->> 'stepHash',
    (step - array['key', 'nodeId', 'dependsOn', 'join', 'within', 'reads', 'retry', 'deadlineMs', 'rollback', 'stepHash', 'ports']
      || jsonb_build_object('stepKey', plan.step_key, 'onFailure', coalesce(step ->> 'onFailure', 'fail_run')))::json,
    case
      when scope.all_vars then p_plan -> 'variables'
      else (select json_object_agg(key, value)::jsonb from jsonb_each(p_plan -> 'variables') where key = any (scope.vars))
    end,
    coalesce(scope.roots, '{}'), coalesce(scope.input, '{}'), coalesce(scope.steps, '{}'),
    case step ->> 'role'
      when 'collect' then plan.step_key
      when 'split' then regexp_replace(plan.step_key, '__split$', '')
      when 'item' then plan.within
      when 'turn' then plan.within
    end,
    (select part from engine.path_parts(step -> 'config' -> 'result' ->> 'ref') as part
      where step ->> 'role' = 'item' and not step ? 'when' and (part = '{index}' or (part[1] = 'steps' and part[3] = 'output'))),
    case when step ->> 'role' in ('split', 'turn', 'collect') then (
      select json_object_agg(key, value)::jsonb from plan as part, jsonb_each(part.step -> 'config')
      where part.step ->> 'role' in ('split', 'collect')
        and regexp_replace(part.step_key, '__split$', '') = regexp_replace(plan.step_key, '__(split|turn)$', '')
    ) end
  from plan join placed using (step_key) left join scope using (step_key);
end $$;
