-- Starts the run of a firing a worker has opened, or closes it with the worker's reason: `p_start` {version, input} or {error}. A firing
-- that is closed already, by whomever, stays as it is. Called by the worker.
create function engine.fire_trigger(p_firing bigint, p_start jsonb)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  firing public.firings;
begin
  select * into firing from public.firings where id = p_firing and status = 'pending' for update;
  if firing.id is null then
    return jsonb_build_object('outcome', 'closed');
  elsif p_start ? 'error' then
    return engine.close_firing(firing.id, p_start -> 'error');
  end if;
  begin
    return engine.start_firing(firing, p_start);
  exception when others then
    -- A full queue, or a moment's trouble: asked again, later each time, and given up after a day.
    if firing.created_at < clock_timestamp() - interval '1 day' then
      return engine.close_firing(firing.id, jsonb_build_object('class', 'transient', 'code', coalesce(engine.code_of(sqlstate, sqlerrm), 'not_started'),
        'message', left(engine.message_of(sqlerrm), 500)));
    end if;
    update public.firings set due_at = engine.now() + least(make_interval(secs => 2 ^ least(tries, 9)), interval '5 minutes'),
      error = jsonb_build_object('class', 'transient', 'code', coalesce(engine.code_of(sqlstate, sqlerrm), 'not_started'),
        'message', left(engine.message_of(sqlerrm), 500))
    where id = firing.id;
    return jsonb_build_object('outcome', 'later');
  end;
end $$;
