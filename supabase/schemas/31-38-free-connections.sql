-- After reports where a connection has limits: a Retry-After a server gave to one step holds its neighbours back as well, and places that got
-- free go to the next. Called by engine.report_steps.
create function engine.free_connections(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
declare
  used record;
  connection public.connections;
begin
  for used in
    select step.workspace_id, slug, max(case when cardinality(plan.connections) = 1 and report.error ->> 'class' = 'rate_limited'
        then least((report.error ->> 'retryAfterMs')::bigint, 900000) end) as retry_after
    from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step and plan.gated
    cross join unnest(plan.connections) as slug
    group by step.workspace_id, slug order by step.workspace_id, slug
  loop
    if used.retry_after is not null then
      update public.connections set held_until = engine.now() + make_interval(secs => used.retry_after / 1000.0)
      where workspace_id = used.workspace_id and slug = used.slug and limits is not null;
    end if;
    for connection in
      select * from public.connections where workspace_id = used.workspace_id and slug = used.slug and limits ? 'maxParallel'
    loop
      perform engine.release_connection(connection);
    end loop;
  end loop;
end $$;
