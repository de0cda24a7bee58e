-- Works out an item's result here when it is no more than its index or a value that a step of its body put out, which spares a worker's
-- attempt for each item. Keeps the result and says true; false when a worker has to do it: the path leads nowhere, to a file, or to much.
create function engine.settle_item(p_run uuid, p_workspace uuid, p_plan_step bigint, p_step_key text, p_item int[])
returns boolean language plpgsql set search_path = ''
as $$
declare
  path text[];
  depth int;
  value jsonb;
begin
  select result_path, (select read.depth from unnest(reads_steps) as read where read.step_key = result_path[2] limit 1) into path, depth
  from engine.plan_steps where id = p_plan_step;
  if path is null then
    return false;
  elsif path[1] = 'index' then
    value := to_jsonb(p_item[cardinality(p_item)]);
  else
    select payload.output #> path[4:] into value
    from public.steps as step join public.step_payloads as payload using (run_id, step_key, item_path)
    where (step.run_id, step.step_key, step.item_path) = (p_run, path[2], p_item[1:depth]) and step.status = 'succeeded';
    if value is null or pg_column_size(value) > 16000 or value::text like '%"$blob"%' then
      return false;
    end if;
  end if;
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
  values (p_run, p_step_key, p_item, p_workspace, jsonb_build_object('value', value))
  on conflict (run_id, step_key, item_path) do update set output = excluded.output;
  return true;
end $$;
