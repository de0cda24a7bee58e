-- Ends a repeat whose turns have all ended: with the last result, or with the failure of a turn or of its bound. Returns the step if it
-- ended; a repeat that would go on if its run were not ending stays as it is.
create function engine.end_repeat(p_step engine.step_ref)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  cycle record;
  is_done boolean;
  last_value jsonb;
  failure jsonb;
begin
  select step.workspace_id, step.items_total, step.items_failed, (plan.map_config ->> 'maxTurns')::int as bound,
    coalesce(plan.map_config ->> 'onBound', 'fail') as on_bound into cycle
  from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  select output -> 'value', (output -> 'done')::boolean and item_path = p_step.item_path || cycle.items_total - 1 into last_value, is_done
  from public.step_payloads
  where run_id = p_step.run_id and step_key = p_step.step_key || '__turn'
    and item_path[1:cardinality(p_step.item_path)] = p_step.item_path
  order by item_path desc limit 1;
  select error || jsonb_build_object('message', left(format('Turn %s failed: %s', n, error ->> 'message'), 500)) into failure
  from jsonb_each(engine.item_errors(p_step.run_id, p_step.step_key, p_step.item_path, cycle.items_failed > 0)) as failed (n, error)
  order by n::int limit 1;
  if failure is null and not coalesce(is_done, false) then
    if cycle.items_total < cycle.bound then
      return '{}';
    elsif cycle.on_bound = 'fail' then
      failure := jsonb_build_object('class', 'permanent', 'code', 'repeat_bound', 'step', p_step.step_key,
        'message', format('The condition did not hold within %s turns.', cycle.bound),
        'hint', 'Look at what the last turns gave. Raise the bound, or let the repeat stop there, and publish again.');
    end if;
  end if;
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
  values (p_step.run_id, p_step.step_key, p_step.item_path, cycle.workspace_id,
    jsonb_build_object('last', coalesce(last_value, 'null'), 'turns', cycle.items_total))
  on conflict (run_id, step_key, item_path) do update set output = excluded.output;
  update public.steps set finished_at = greatest(at, started_at), started_at = coalesce(started_at, at), error = failure,
    status = case when failure is null then 'succeeded' else 'failed' end,
    last_move = case when failure is null then 'step.succeeded' else 'step.failed' end
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  return array[p_step];
end $$;
