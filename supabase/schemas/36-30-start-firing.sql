-- Starts the run of a firing and closes it in one transaction, as far as the trigger's overlap policy lets it; `p_start` {run, version,
-- input}. What the engine refuses closes the firing as failed; a full queue leaves it for later. The firing's row is locked by the caller.
create function engine.start_firing(p_firing public.firings, p_start jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  source public.triggers;
  started jsonb;
  verdict text;
begin
  select * into source from public.triggers where id = p_firing.trigger_id;
  if source.kind = 'trigger-schedule' then
    verdict := engine.overlap_verdict(source);
    if verdict = 'held' then
      update public.firings set status = 'held' where id = p_firing.id;
      return jsonb_build_object('outcome', 'held');
    elsif verdict = 'skipped' then
      update public.firings set status = 'skipped', closed_at = engine.now() where id = p_firing.id;
      return jsonb_build_object('outcome', 'skipped');
    end if;
  end if;
  begin
    started := engine.start_run_as(null, p_firing.workflow_id, p_start -> 'input', jsonb_build_object(
      'version', p_start ->> 'version', 'facts', jsonb_strip_nulls(jsonb_build_object(
        'id', p_start ->> 'run', 'trigger', jsonb_build_object(
          'kind', case source.kind when 'trigger-webhook' then 'webhook' when 'trigger-schedule' then 'schedule' else 'workflow' end,
          'key', source.key, 'deliveryId', case when source.kind = 'trigger-webhook' then p_firing.dedupe_key end,
          'slot', engine.iso_time(p_firing.slot_at), 'run', p_firing.source_run,
          'depth', nullif(p_firing.depth, 0), 'onError', case when source.id is null then true end)))));
  exception when others then
    if coalesce(engine.code_of(sqlstate, sqlerrm), 'RB429') = 'RB429' then
      raise;
    end if;
    return engine.close_firing(p_firing.id, jsonb_build_object('class', 'validation', 'code', engine.code_of(sqlstate, sqlerrm),
      'message', left(engine.message_of(sqlerrm), 500)));
  end;
  update public.firings set status = 'fired', run_id = (started ->> 'run_id')::uuid, closed_at = engine.now(), error = null
  where id = p_firing.id;
  -- Only schedules: their firings take turns anyway, while deliveries of one webhook must not wait for each other.
  update public.triggers set last_at = engine.now() where id = source.id and kind = 'trigger-schedule';
  return jsonb_build_object('outcome', 'fired', 'run', started ->> 'run_id');
end $$;
