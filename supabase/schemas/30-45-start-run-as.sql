-- Starts a run for somebody whose right to do so was checked: finds the version, checks the input, honours the idempotency key.
-- Called by start_run, by sub-workflow steps and by the host. Options as in start_run, and `facts` for engine.insert_run. What most workflows do
-- not have (limits, a schema of the input) is looked at only where the version has it.
create function engine.start_run_as(p_user uuid, p_workflow uuid, p_input jsonb, p_options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  source record;
  wanted constant text := coalesce(p_options ->> 'version', 'live');
  idempotency constant text := p_options ->> 'idempotency_key';
  given jsonb := p_input;
  facts engine.run_facts;
  earlier uuid;
begin
  if wanted <> 'live' and wanted !~ '^\d{1,9}$' then
    perform engine.raise('RB422', format('"%s" is not a version.', wanted), 'Give a number or "live".');
  end if;
  select workflow.workspace_id, workflow.title, workflow.status, version.n, version.plan_input as schema, version.plan_settings as settings,
    lane.name as lane, coalesce(version.plan_input ->> 'required', '[]') <> '[]' or coalesce(version.plan_input ->> 'properties', '{}') <> '{}'
      or jsonb_typeof(p_input) is distinct from 'object' or pg_column_size(p_input) > 1000000 as has_checks,
    version.plan_settings ?| '{concurrency,rateLimit,debounce}' as has_limits,
    workspace.max_open_runs < 1000 or coalesce(depth.open_runs, 0) >= workspace.max_open_runs * 0.8 or random() < 0.02 as counts_runs
  into source
  from public.workflows as workflow
  join public.workspaces as workspace on workspace.id = workflow.workspace_id
  left join engine.queue_depths as depth on depth.workspace_id = workspace.id
  left join public.versions as version
    on (version.workflow_id, version.n) = (workflow.id, case wanted when 'live' then workflow.live_version else wanted::int end)
  left join public.lanes as lane
    on (lane.workspace_id, lane.name) = (workspace.id, coalesce(p_options ->> 'lane', version.plan_settings ->> 'lane'))
  where workflow.id = p_workflow;
  if source.status = 'archived' then
    perform engine.raise('RB409', format('"%s" is archived, so it cannot be started.', source.title), 'Restore the workflow first.');
  elsif source.n is null then
    perform engine.raise(
      'RB404', format('"%s" has no %s version.', source.title, wanted), 'Publish the workflow first, or choose another version.');
  end if;
  if source.has_checks then
    given := engine.fill_defaults(source.schema, p_input);
  end if;
  if idempotency is not null then
    earlier := engine.earlier_start(p_workflow, idempotency, given);
    if earlier is not null then
      return jsonb_build_object('run_id', earlier, 'existing', true);
    end if;
  end if;
  if source.has_checks then
    perform engine.check_input(source.schema, given);
  end if;
  if source.counts_runs and p_options -> 'facts' -> 'parent_run_id' is null then
    perform engine.check_queue_depth(source.workspace_id);
  end if;
  facts := (null, p_options ->> 'title', p_options ->> 'mode',
    case when source.lane is null then engine.choose_lane(source.workspace_id, coalesce(p_options ->> 'lane', source.settings ->> 'lane'))
      else source.lane end,
    coalesce((p_options ->> 'priority')::int, (source.settings ->> 'priority')::int, 100),
    jsonb_strip_nulls(jsonb_build_object('kind', coalesce(p_options ->> 'trigger_kind', 'manual'), 'by', p_user)), idempotency, null, null, null, null, null, null,
    null, null, null, null, null, null, nullif(p_options -> 'budgets', 'null'), p_user, null)::engine.run_facts;
  if p_options ? 'facts' then
    facts := jsonb_populate_record(facts, p_options -> 'facts');
  end if;
  if source.has_limits then
    return engine.start_limited(p_workflow, source.n, source.settings, given, facts);
  end if;
  return jsonb_build_object('existing', false, 'run_id', engine.insert_run(p_workflow, source.n, given, facts));
end $$;
