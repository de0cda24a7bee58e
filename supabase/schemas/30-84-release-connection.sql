-- Lets steps that wait for a place at a connection try again, as many as it has room for; the next claim decides. Called when attempts that use
-- it end, when its limits change, and by the sweep.
create function engine.release_connection(p_connection public.connections)
returns void language plpgsql set search_path = ''
as $$
declare
  chosen engine.step_ref[];
  locked uuid[];
begin
  perform engine.await_gate('connection:' || p_connection.id);
  chosen := array(
    select (run_id, step_key, item_path)::engine.step_ref from public.steps
    where workspace_id = p_connection.workspace_id and waiting_for ->> 'kind' = 'limit'
      and waiting_for ->> 'ref' = 'connection:' || p_connection.slug and due_at is null
    order by priority, rank, item_path
    limit greatest(0, coalesce((p_connection.limits ->> 'maxParallel')::int
      - engine.connection_load(p_connection.workspace_id, p_connection.slug, null), 1000)));
  if cardinality(chosen) = 0 then
    return;
  end if;
  locked := array(
    select id from public.runs where id in (select run_id from unnest(chosen)) and finished_at is null order by id for no key update skip locked);
  update public.steps as step set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now()
  from unnest(chosen) as one
  where (step.run_id, step.step_key, step.item_path) = (one.run_id, one.step_key, one.item_path) and step.run_id = any (locked)
    and step.status = 'waiting' and step.waiting_for ->> 'ref' = 'connection:' || p_connection.slug;
  if found then
    perform engine.settle_runs(locked);
    perform engine.wake_workers();
  end if;
end $$;
