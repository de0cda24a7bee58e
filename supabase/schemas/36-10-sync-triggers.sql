-- Brings a workflow's triggers in line with the version that has just gone live. Rows are kept by key, so addresses stay; a schedule that
-- did not change keeps its place.
create function engine.sync_triggers()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  plan jsonb;
  at constant timestamptz := engine.now();
begin
  select versions.plan into plan from public.versions where workflow_id = new.id and n = new.live_version;
  delete from public.triggers as kept using jsonb_array_elements(plan -> 'triggers') as made
  where kept.workflow_id = new.id and kept.key = made ->> 'key' and kept.kind <> made ->> 'kind';
  update public.triggers as kept set live = false, next_at = null
  where kept.workflow_id = new.id and kept.live and not exists (
    select from jsonb_array_elements(plan -> 'triggers') as made where made ->> 'key' = kept.key);
  insert into public.triggers as kept (workspace_id, workflow_id, key, kind, config, compiled, source_id, cursor_at, next_at)
  select new.workspace_id, new.id, made ->> 'key', made ->> 'kind', made -> 'config',
    jsonb_build_object('map', made -> 'map', 'base', made -> 'base', 'input', plan -> 'input', 'vars', plan -> 'variables',
      'version', new.live_version),
    (select id from public.workflows where workspace_id = new.workspace_id and slug = made #>> '{config,workflow}'),
    at, case when made ->> 'kind' = 'trigger-schedule' then at end
  from jsonb_array_elements(plan -> 'triggers') as made
  where made ->> 'kind' in ('trigger-webhook', 'trigger-schedule', 'trigger-workflow')
  on conflict (workflow_id, key) do update set
    config = excluded.config, compiled = excluded.compiled, live = true, source_id = excluded.source_id,
    cursor_at = case when kept.live and kept.config = excluded.config then kept.cursor_at else excluded.cursor_at end,
    next_at = case when kept.live and kept.config = excluded.config then kept.next_at else excluded.next_at end;
  insert into public.hook_paths (trigger_id, workspace_id, path)
  select id, workspace_id, engine.new_hook_path() from public.triggers
  where workflow_id = new.id and kind = 'trigger-webhook'
  on conflict (trigger_id) do nothing;
  new.error_workflow := plan #>> '{settings,errorWorkflow}';
  if exists (select from public.triggers where workflow_id = new.id and next_at <= at) then
    perform engine.wake_workers();
  end if;
  return new;
end $$;

create trigger workflows_sync_triggers before update of live_version on public.workflows
  for each row when (new.live_version is distinct from old.live_version) execute function engine.sync_triggers();
