-- Makes an operation of the runs that match now, and returns at once; with the option `preview` it only says how many those are. Called by the
-- bulk verbs.
create function engine.start_operation(p_workspace uuid, p_verb text, p_filter jsonb, p_options jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  most constant int := 50000;
  actor constant uuid := engine.require_role(p_workspace, 'operator');
  options constant jsonb := case p_verb when 'retry' then '{"mode": "resume"}'::jsonb else '{}' end || coalesce(p_options, '{}');
  matching uuid[];
  total int;
  made uuid;
begin
  perform engine.check_operation(p_verb, p_filter, options);
  if p_verb = 'move' then
    perform engine.choose_lane(p_workspace, options ->> 'lane');
  end if;
  begin
    matching := array(select id from engine.match_runs(p_workspace, p_verb, options ->> 'mode', p_filter) as id limit most + 1);
  exception when invalid_text_representation or invalid_datetime_format or datetime_field_overflow then
    perform engine.raise('RB422', 'The filter holds something that is no id or no time.', 'Ids are uuids, times are ISO 8601.');
  end;
  total := cardinality(matching);
  if total > most then
    perform engine.raise('RB413', format('More than %s runs match.', most), 'Narrow the filter, for example by time.');
  elsif (options ->> 'preview')::boolean then
    return jsonb_build_object('total', total);
  end if;
  insert into public.operations (workspace_id, verb, filter, options, canary, status, total, created_by, finished_at)
  values (p_workspace, p_verb, p_filter, options - 'preview',
    case when (options ->> 'canary')::boolean then array[1, greatest(2, ceil(total * 0.05)::int), total] end,
    case total when 0 then 'done' else 'running' end, total, actor, case total when 0 then engine.now() end)
  returning id into made;
  insert into public.operation_runs (operation_id, run_id, workspace_id, n)
  select made, id, p_workspace, place from unnest(matching) with ordinality as matched (id, place);
  delete from public.operations where id in (
    select id from public.operations where workspace_id = p_workspace and created_at < engine.now() - interval '90 days' and status <> 'running' limit 20);
  perform engine.wake_workers();
  perform engine.write_audit(p_workspace, actor, 'operation.started', made::text,
    jsonb_build_object('verb', p_verb, 'filter', p_filter, 'options', options, 'total', total));
  return jsonb_build_object('operation_id', made, 'total', total);
end $$;
