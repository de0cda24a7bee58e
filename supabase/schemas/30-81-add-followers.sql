-- Leaves word of ended runs for the workflows that start after them, and of failed ones for their error workflow; called by
-- engine.close_runs, so that neither is lost or told twice. Workflows that start each other do so at most ten deep, and the failure of an
-- error workflow is told to nobody.
create function engine.add_followers(p_runs uuid[], p_status text)
returns void language plpgsql set search_path = ''
as $$
declare
  added int := 0;
  more int;
begin
  if exists (select from public.triggers where source_id is not null and live and enabled) then
    insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, due_at, source_run, depth)
    select follower.workspace_id, follower.workflow_id, follower.id, ended.id || ' ' || ended.retry_count, engine.now(), ended.id,
      coalesce((ended.trigger ->> 'depth')::int, 0) + 1
    from public.runs as ended join public.triggers as follower on follower.source_id = ended.workflow_id
    where ended.id = any (p_runs) and ended.mode = 'live' and follower.live and follower.enabled
      and follower.config ->> 'on' in (p_status, 'finished') and coalesce((ended.trigger ->> 'depth')::int, 0) < 10
    on conflict do nothing;
    get diagnostics added = row_count;
  end if;
  if p_status = 'failed' then
    insert into public.firings (workspace_id, workflow_id, dedupe_key, due_at, source_run, depth)
    select ended.workspace_id, told.id, ended.id || ' ' || ended.retry_count, engine.now(), ended.id,
      coalesce((ended.trigger ->> 'depth')::int, 0) + 1
    from public.runs as ended
    join public.workflows as source on source.id = ended.workflow_id
    join public.workflows as told on told.workspace_id = source.workspace_id and told.slug = source.error_workflow
    where ended.id = any (p_runs) and ended.mode = 'live' and told.id <> source.id and told.status <> 'archived'
      and (ended.trigger ->> 'onError') is null and coalesce((ended.trigger ->> 'depth')::int, 0) < 10
    on conflict do nothing;
    get diagnostics more = row_count;
    added := added + more;
  end if;
  if added > 0 then
    perform engine.wake_workers();
  end if;
end $$;
