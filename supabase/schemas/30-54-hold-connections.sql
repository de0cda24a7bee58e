-- Of due steps whose runs may go, leaves those that connections with limits have room for; the others wait for a place. Called by
-- engine.take_due where any connection has limits.
create function engine.hold_connections(p_candidates engine.step_ref[], p_runs uuid[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  due record;
  connection public.connections;
  answer jsonb;
  held uuid[] := '{}';
  granted text[] := '{}';
  left_out engine.step_ref[] := '{}';
begin
  for due in
    select step.run_id, step.step_key, step.item_path, step.attempt, step.status, step.workspace_id, plan.connections
    from unnest(p_candidates) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step and plan.gated
    where run_id = any (p_runs) and (step.status = 'ready' or (step.status = 'running' and step.lease_until <= at)
      or (step.status = 'waiting' and step.waiting_for ->> 'kind' in ('retry', 'limit', 'budget') and step.due_at <= at))
    order by step.priority, step.rank, step.item_path
  loop
    answer := null;
    for connection in
      select * from public.connections as used
      where used.workspace_id = due.workspace_id and used.slug = any (due.connections) and used.limits is not null order by used.slug
    loop
      answer := engine.connection_wait(connection, (due.run_id, due.step_key, due.item_path)::engine.step_ref, due.attempt + 1,
        cardinality(array_positions(granted, connection.id::text)));
      exit when not answer ? 'go';
    end loop;
    if answer is null or answer ? 'go' then
      granted := granted || array(
        select used.id::text from public.connections as used
        where used.workspace_id = due.workspace_id and used.slug = any (due.connections) and used.limits is not null);
      continue;
    end if;
    left_out := left_out || (due.run_id, due.step_key, due.item_path)::engine.step_ref;
    -- A step whose worker died keeps its lapsed lease until there is room: it holds a place as long as nobody else has taken it over.
    continue when answer ? 'busy' or due.status = 'running';
    update public.steps set status = 'waiting', last_move = 'step.waiting', waiting_for = answer, due_at = (answer ->> 'until')::timestamptz
    where (run_id, step_key, item_path) = (due.run_id, due.step_key, due.item_path);
    held := held || due.run_id;
  end loop;
  if cardinality(held) > 0 then
    perform engine.settle_runs(held);
  end if;
  return array(select candidate from unnest(p_candidates) as candidate where not candidate = any (left_out));
end $$;
