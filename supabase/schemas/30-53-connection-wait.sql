-- Whether a due step may use a connection now: `go`, `busy` when somebody else is deciding about it, or what it waits for. A step that may go, or
-- is given a place in the queue of a rate, is noted as a use. `p_granted`: places this transaction gave away to steps it has not started yet.
create function engine.connection_wait(p_connection public.connections, p_step engine.step_ref, p_attempt int, p_granted int)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  span constant interval := make_interval(secs => case p_connection.limits ->> 'per'
    when 'second' then 1 when 'minute' then 60 when 'hour' then 3600 when 'day' then 86400 else 0 end);
  most constant int := (p_connection.limits ->> 'max')::int;
  slot timestamptz := greatest(at, p_connection.held_until);
  own timestamptz;
  last timestamptz;
begin
  if not engine.take_gate('connection:' || p_connection.id) then
    return '{"busy": true}';
  end if;
  delete from engine.connection_uses as use
  where use.workspace_id = p_connection.workspace_id and use.slug = p_connection.slug and use.at < engine.now() - span - interval '1 min'
    and not exists (
      select from public.steps as step
      where (step.run_id, step.step_key, step.item_path) = (use.run_id, use.step_key, use.item_path)
        and step.status = 'running' and step.attempt = use.attempt);
  if (p_connection.limits ->> 'maxParallel')::int <= engine.connection_load(p_connection.workspace_id, p_connection.slug, p_step) + p_granted then
    return jsonb_build_object('kind', 'limit', 'ref', 'connection:' || p_connection.slug);
  end if;
  if most is not null then
    select use.at into own from engine.connection_uses as use
    where (use.run_id, use.step_key, use.item_path, use.slug) = (p_step.run_id, p_step.step_key, p_step.item_path, p_connection.slug)
      and use.attempt = p_attempt;
    -- One that has a place goes by what really began within the window; the others queue up behind the places given.
    select use.at into last from engine.connection_uses as use
    where use.workspace_id = p_connection.workspace_id and use.slug = p_connection.slug
      and (use.run_id, use.step_key, use.item_path) is distinct from (p_step.run_id, p_step.step_key, p_step.item_path)
      and (own is null or use.at <= engine.now())
    order by use.at desc offset most - 1 limit 1;
    slot := case when own > at then own else greatest(slot, date_trunc('milliseconds', last + span) + interval '1 ms') end;
  end if;
  insert into engine.connection_uses (workspace_id, slug, run_id, step_key, item_path, attempt, at)
  values (p_connection.workspace_id, p_connection.slug, p_step.run_id, p_step.step_key, p_step.item_path, p_attempt, slot)
  on conflict (run_id, step_key, item_path, slug) do update set attempt = excluded.attempt, at = excluded.at;
  return case when slot <= at then '{"go": true}' else jsonb_build_object('kind', 'limit', 'ref', 'connection:' || p_connection.slug,
    'until', engine.iso_time(slot)) end;
end $$;
