-- Ends the maps of which every item has ended, or one has failed and nothing runs any more: results in item order, errors in `failed`.
-- Returns the collectors it ended.
create function engine.settle_collectors(p_collectors engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  result record;
  errors jsonb;
  ended engine.step_ref[] := '{}';
begin
  for map in
    select step.*, plan.workflow_id, plan.version, coalesce(plan.map_config ->> 'onItemFailure', 'fail') = 'fail' as fails
    from unnest(p_collectors) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where step.status = 'pending' and step.items_total is not null
      and (step.items_done >= step.items_total
        or (step.items_failed > 0 and coalesce(plan.map_config ->> 'onItemFailure', 'fail') = 'fail'))
      and not exists (
        select from engine.plan_steps as body
        join public.steps as instance on instance.run_id = step.run_id and instance.step_key = body.step_key
          and instance.item_path[1:cardinality(step.item_path)] = step.item_path
        where (body.workflow_id, body.version, body.within) = (plan.workflow_id, plan.version, step.step_key)
          and instance.status in ('pending', 'ready', 'running', 'waiting'))
  loop
    if map.kind = 'repeat' then
      ended := ended || engine.end_repeat((map.run_id, map.step_key, map.item_path)::engine.step_ref);
      continue;
    end if;
    errors := engine.item_errors(map.run_id, map.step_key, map.item_path, map.items_failed > 0);
    select
      coalesce((json_agg(value order by n) filter (where not errors ? n::text))::jsonb, '[]') as items,
      coalesce(jsonb_agg(jsonb_build_object('index', n, 'error', errors -> n::text) order by n) filter (where errors ? n::text), '[]') as failed
    into result
    from (
      -- As a subquery each value is looked up by its key; as a join all were compared with all.
      select n, (select output -> 'value' from public.step_payloads
        where (run_id, step_key, item_path) = (map.run_id, map.step_key || '__item', map.item_path || n)) as value
      from generate_series(0, map.items_total - 1) as n
    ) as item;
    insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
    values (map.run_id, map.step_key, map.item_path, map.workspace_id,
      jsonb_build_object('items', result.items, 'failed', result.failed, 'count', map.items_total))
    on conflict (run_id, step_key, item_path) do update set output = excluded.output;
    update public.steps set finished_at = greatest(at, started_at), started_at = coalesce(started_at, at),
      status = case when map.fails and result.failed <> '[]' then 'failed' else 'succeeded' end,
      last_move = case when map.fails and result.failed <> '[]' then 'step.failed' else 'step.succeeded' end,
      items_failed = jsonb_array_length(result.failed),
      error = case when map.fails and result.failed <> '[]' then (result.failed -> 0 -> 'error') || jsonb_build_object('message',
        left(format('Item %s failed: %s', result.failed -> 0 ->> 'index', result.failed -> 0 -> 'error' ->> 'message'), 500)) end
    where (run_id, step_key, item_path) = (map.run_id, map.step_key, map.item_path);
    ended := ended || (map.run_id, map.step_key, map.item_path)::engine.step_ref;
  end loop;
  return ended;
end $$;
