-- Inserts what a worker did of the bodies of maps (engine.lay_out_bodies_ahead): one item's steps all together, or not at all. Called while
-- the split is under way (engine.record_ahead), and between its end and the opening of its map, which inserts the items that are not there
-- yet. An item's result has no attempt of its own, as if it had been at hand.
create function engine.add_bodies(p_reports engine.step_report[], p_worker text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  with map as materialized (
    select report.run_id, report.item_path, report.attempt, report.ahead, plan.ahead as way, plan.collector, run.workspace_id, run.priority, run.lane,
      coalesce(split.items_total, (report.output ->> 'count')::int) as total
    from unnest(p_reports) as report
    join public.steps as split on (split.run_id, split.step_key, split.item_path) = (report.run_id, report.step_key, report.item_path)
    join engine.plan_steps as plan on plan.id = split.plan_step
    join public.runs as run on run.id = report.run_id
    join public.steps as collector on (collector.run_id, collector.step_key, collector.item_path) = (report.run_id, plan.collector, report.item_path)
    where report.role = 'split' and report.ahead is not null and split.status in ('running', 'succeeded') and plan.ahead is not null
      and run.error is null and run.cancel_requested_at is null and collector.status = 'pending' and collector.items_total is null
  ), made as (
    select map.run_id, map.item_path || listed.index as item_path, map.attempt, map.collector, map.way, map.workspace_id, map.priority, map.lane,
      listed.step_key, listed.output, listed.port, listed.inputs, listed.logs, listed.active_ms, listed.index between 0 and map.total - 1 as exists,
      row_number() over (partition by map.run_id, map.collector, map.item_path, listed.index order by listed.place) as n
    from map
    cross join rows from (
      jsonb_to_recordset(map.ahead)
        as ("stepKey" text, index int, output jsonb, port text, inputs jsonb, logs jsonb, "activeMs" bigint)
    ) with ordinality as listed (step_key, index, output, port, inputs, logs, active_ms, place)
  ), judged as (
    select made.*, plan.id as plan_step, plan.node_id, plan.kind, plan.role, plan.title, plan.rank, plan.max_attempts,
      bool_and(coalesce(exists and made.step_key = plan.step_key
        and (plan.role = 'item' or plan.ahead_port is null or plan.ahead_port = made.port), false))
        over (partition by made.run_id, made.collector, made.item_path) as fits,
      count(*) over (partition by made.run_id, made.collector, made.item_path) as size
    from made left join engine.plan_steps as plan on plan.id = made.way[made.n]
  ), kept as materialized (
    -- Another attempt may have been lost after it had recorded some.
    select * from judged where fits and size = cardinality(way) and (attempt = 1 or not exists (
      select from public.steps as done
      where (done.run_id, done.step_key, done.item_path) = (judged.run_id, judged.step_key, judged.item_path)))
  ), new_steps as (
    insert into public.steps (
      run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, last_move,
      attempt, tries, attempt_limit, worker, port, started_at, finished_at)
    select run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, 'succeeded', 'step.succeeded',
      (role is null)::int, (role is null)::int, max_attempts, case when role is null then p_worker end, port, at, at
    from kept
  ), outputs as (
    insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
    select run_id, step_key, item_path, workspace_id, output from kept where output is not null
  ), new_attempts as (
    insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, finished_at, outcome, active_ms)
    select run_id, step_key, item_path, 1, workspace_id, p_worker, at, at, 'succeeded', coalesce(active_ms, 0) from kept where role is null
  ), records as (
    insert into public.attempt_payloads (run_id, step_key, item_path, n, workspace_id, inputs, calls, logs)
    select run_id, step_key, item_path, 1, workspace_id, inputs, '[]', coalesce(logs, '[]') from kept
    where role is null and (coalesce(inputs, '{}') <> '{}' or coalesce(logs, '[]') <> '[]')
  )
  update public.steps as collector set items_done = collector.items_done + done.items
  from (
    select run_id, collector, item_path[1:cardinality(item_path) - 1] as map_path, count(*) as items from kept where role = 'item' group by 1, 2, 3
  ) as done
  where (collector.run_id, collector.step_key, collector.item_path) = (done.run_id, done.collector, done.map_path);
end $$;
