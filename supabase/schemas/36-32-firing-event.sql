-- What a firing tells its workflow, as its trigger's map sees it: a delivery as it came, the slot of a schedule, or the run that ended.
-- Null when that run is gone.
create function engine.firing_event(p_firing public.firings, p_config jsonb)
returns jsonb language plpgsql stable set search_path = ''
as $$
declare
  ended public.runs;
  source public.workflows;
begin
  if p_firing.slot_at is not null then
    return jsonb_build_object('scheduledAt', engine.iso_time(p_firing.slot_at), 'timezone', p_config ->> 'timezone');
  elsif p_firing.source_run is null then
    return (select event from public.firing_payloads where firing_id = p_firing.id);
  end if;
  select * into ended from public.runs where id = p_firing.source_run;
  select * into source from public.workflows where id = ended.workflow_id;
  if p_firing.trigger_id is not null then
    return (
      select jsonb_build_object('run', ended.id, 'workflow', source.slug, 'title', ended.title, 'status', ended.status,
        'output', payload.output, 'error', ended.error, 'finishedAt', engine.iso_time(ended.finished_at))
      from public.run_payloads as payload where payload.run_id = ended.id);
  end if;
  return (
    select jsonb_build_object('run', ended.id, 'workflow', source.slug, 'title', ended.title, 'error', ended.error,
      'input', payload.input, 'failedSteps', (
        select coalesce(jsonb_agg(jsonb_build_object('step', step_key, 'title', title, 'error', error) order by finished_at, step_key), '[]')
        from (
          select step_key, title, error, finished_at from public.steps where run_id = ended.id and status = 'failed'
          order by finished_at limit 20
        ) as failed))
    from public.run_payloads as payload where payload.run_id = ended.id);
end $$;
