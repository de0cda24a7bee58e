-- The scopes of the steps a worker may do right after a claimed one: all but what the steps before them in the row put out. Of a body's steps
-- `item` and `index` are null: the worker has them from the split.
create function engine.scopes_ahead(p_run uuid, p_item int[], p_first bigint, p_ahead bigint[])
returns text language plpgsql stable set search_path = ''
as $$
declare
  keys constant text[] := array(select step_key from engine.plan_steps where id = any (p_first || p_ahead));
begin
  return (
    select concat('[', string_agg(concat('{', concat_ws(',',
        case when exists (select from unnest(plan.reads_steps) as read where read.step_key <> all (keys)) then concat('"steps":',
          engine.read_steps(p_run, p_item, array(select read from unnest(plan.reads_steps) as read where read.step_key <> all (keys)))) end,
        case when 'input' = any (plan.reads_roots) then concat('"input":', coalesce((
          select engine.pick_keys(input, plan.reads_input)::text from public.run_payloads where run_id = p_run), 'null')) end,
        case when 'vars' = any (plan.reads_roots) then concat('"vars":', coalesce(plan.vars::text, '{}')) end,
        case when 'item' = any (plan.reads_roots) then concat('"item":', coalesce((
          select value::text from engine.items as item
          where (item.run_id, item.collector, item.item_path)
            = (p_run, plan.bodies[plan.item_depth], p_item[1:plan.item_depth])), 'null')) end,
        case when 'index' = any (plan.reads_roots) then concat('"index":', coalesce(p_item[plan.item_depth]::text, 'null')) end
      ), '}'), ',' order by place), ']')
    from unnest(p_ahead) with ordinality as listed (id, place)
    join engine.plan_steps as plan on plan.id = listed.id
  );
end $$;
