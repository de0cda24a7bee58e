-- Takes one delivery of a webhook: the first of its id starts the run, a repeat gets the first one's answer, and a repeat with another
-- body is refused. `p_delivery` {trigger, key, bodyHash, event, rawPath, start: {run, version, input} | error | null}; without start and
-- error the delivery is kept for a worker. Called by the hooks function.
create function engine.fire_hook(p_delivery jsonb, p_raw bytea)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  hook public.triggers;
  firing public.firings;
  most constant int := (p_delivery ->> 'maxPerMinute')::int;
begin
  select * into hook from public.triggers where id = (p_delivery ->> 'trigger')::uuid and live and enabled;
  if hook.id is null then
    return jsonb_build_object('outcome', 'unknown');
  end if;
  insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, body_hash, due_at)
  values (hook.workspace_id, hook.workflow_id, hook.id, p_delivery ->> 'key', p_delivery ->> 'bodyHash', engine.now())
  on conflict (workflow_id, trigger_id, dedupe_key) do nothing returning * into firing;
  if firing.id is null then
    select * into firing from public.firings
    where (workflow_id, trigger_id, dedupe_key) = (hook.workflow_id, hook.id, p_delivery ->> 'key') for update;
    if firing.body_hash is distinct from p_delivery ->> 'bodyHash' then
      return jsonb_build_object('outcome', 'changed');
    elsif firing.status <> 'failed' then
      return jsonb_build_object('outcome', 'known', 'run', firing.run_id);
    end if;
    update public.firings set status = 'pending', error = null, closed_at = null, due_at = engine.now() where id = firing.id;
  else
    if most is not null and (select count(*) from (
      select from public.firings where trigger_id = hook.id and created_at > clock_timestamp() - interval '1 minute' order by id desc limit most + 1
    ) as recent) > most then
      perform engine.raise('RB429', 'This webhook takes no more deliveries in this minute.', 'Send it again in a minute.');
    end if;
    insert into public.firing_payloads (firing_id, workspace_id, event, raw, raw_path)
    values (firing.id, hook.workspace_id, p_delivery -> 'event', p_raw, p_delivery ->> 'rawPath');
  end if;
  if p_delivery ? 'error' then
    return engine.close_firing(firing.id, p_delivery -> 'error');
  elsif p_delivery ? 'start' then
    return engine.start_firing(firing, p_delivery -> 'start');
  end if;
  perform engine.wake_workers();
  return jsonb_build_object('outcome', 'kept');
end $$;
