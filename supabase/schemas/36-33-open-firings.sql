-- Hands firings that are due to a worker, with what it needs to make an input of each: {id, workspaceId, kind, event, compiled, accepts,
-- raw, rawPath}. Whoever opened one has half a minute before it is handed out again.
create function engine.open_firings(p_limit int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  opened bigint[];
begin
  with taken as (
    update public.firings set due_at = at + interval '30 s', tries = tries + 1
    where id in (
      select id from public.firings where status = 'pending' and due_at <= at order by due_at, id limit p_limit for update skip locked)
    returning id
  ) select coalesce(array_agg(id), '{}') into opened from taken;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', firing.id, 'workspaceId', firing.workspace_id, 'kind', coalesce(source.kind, 'error'),
      'event', engine.firing_event(firing, source.config), 'accepts', source.config ->> 'accepts',
      'compiled', coalesce(source.compiled, (
        select jsonb_build_object('map', '{}'::jsonb, 'base', 'event', 'input', version.plan -> 'input',
          'vars', version.plan -> 'variables', 'version', version.n)
        from public.workflows as told join public.versions as version
          on version.workflow_id = told.id and version.n = told.live_version
        where told.id = firing.workflow_id)),
      'raw', encode(payload.raw, 'base64'), 'rawPath', payload.raw_path) order by firing.slot_at, firing.id), '[]')
    from public.firings as firing
    left join public.triggers as source on source.id = firing.trigger_id
    left join public.firing_payloads as payload on payload.firing_id = firing.id
    where firing.id = any (opened)
  );
end $$;
