-- Adds to reports the steps that their workers did ahead (engine.lay_out_ahead). One that may not count is left out, with all after it: it
-- stands in the queue as if nobody had done it.
create function engine.add_ahead(p_reports engine.step_report[])
returns engine.step_report[] language plpgsql set search_path = ''
as $$
begin
  return array(
    with claimed as materialized (
      select report.* from unnest(p_reports) with ordinality as report (
        run_id, step_key, item_path, attempt, outcome, output, output_is_fallback, port, error, park, inputs, calls, proofs, artifacts, logs,
        active_ms, waiting_for, error_detail, checks, plan_step, workspace_id, role, verification, ahead, nth, gives, n)
    ), made as (
      select claimed.n, claimed.run_id, claimed.item_path, claimed.workspace_id, listed.*, first.id as first, first.ahead as way,
        lag(listed.port, 1, claimed.port) over (partition by claimed.n order by listed.place) as port_before
      from claimed join engine.plan_steps as first on first.id = claimed.plan_step
      cross join rows from (
        jsonb_to_recordset(claimed.ahead) as ("stepKey" text, output jsonb, port text, inputs jsonb, logs jsonb, "activeMs" bigint)
      ) with ordinality as listed (step_key, output, port, inputs, logs, active_ms, place)
      where claimed.ahead is not null and claimed.outcome = 'succeeded'
    ), judged as (
      select made.*, step.plan_step, step.attempt + 1 as attempt, step.verification,
        bool_and(coalesce(step.plan_step = way[made.place] and step.status = 'pending' and step.remaining_deps = 1 and step.dead_deps = 0
          and (before.ahead_port is null or before.ahead_port = port_before), false)) over (partition by made.n order by made.place) as counts
      from made
      left join public.steps as step on (step.run_id, step.step_key, step.item_path) = (made.run_id, made.step_key, made.item_path)
      left join engine.plan_steps as before on before.id = coalesce(way[made.place - 1], made.first)
    ), kept as materialized (
      select *, max(place) over (partition by n) as last from judged where counts
    )
    select (run_id, step_key, item_path, attempt, outcome, output, output_is_fallback, port, error, park, inputs, calls, proofs, artifacts, logs,
      active_ms, waiting_for, error_detail, checks, plan_step, workspace_id, role, verification, null, 0,
      claimed.n <> all (array(select distinct n from kept)))::engine.step_report
    from claimed
    union all
    select (run_id, step_key, item_path, attempt, 'succeeded', output, null, port, null, null, inputs, '[]', '[]', '[]', coalesce(logs, '[]'),
      active_ms, null, null, null, plan_step, workspace_id, null, verification, null, place::int, place = last)::engine.step_report
    from kept);
end $$;
