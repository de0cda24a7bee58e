-- Starts a run for somebody whose right to do so was checked: finds the version, checks the input, honours the idempotency key.
-- Called by start_run, by sub-workflow steps and by the host. Options as in start_run, and `facts` for engine.insert_run.
create function engine.start_run_as(p_user uuid, p_workflow uuid, p_input jsonb, p_options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  source public.workflows;
  wanted constant text := coalesce(p_options ->> 'version', 'live');
  chosen public.versions;
  idempotency constant text := p_options ->> 'idempotency_key';
  first public.runs;
  given jsonb;
  debounce jsonb;
  debounce_key text;
  earlier uuid;
  started uuid;
begin
  select * into source from public.workflows where id = p_workflow;
  if source.status = 'archived' then
    perform engine.raise('RB409', format('"%s" is archived, so it cannot be started.', source.title), 'Restore the workflow first.');
  end if;
  if wanted <> 'live' and wanted !~ '^\d{1,9}$' then
    perform engine.raise('RB422', format('"%s" is not a version.', wanted), 'Give a number or "live".');
  end if;
  select * into chosen from public.versions
  where workflow_id = p_workflow and n = case wanted when 'live' then source.live_version else wanted::int end;
  if chosen.n is null then
    perform engine.raise(
      'RB404', format('"%s" has no %s version.', source.title, wanted), 'Publish the workflow first, or choose another version.');
  end if;
  given := engine.fill_defaults(chosen.plan_input, p_input);
  if idempotency is not null then
    -- Two callers with the same key take turns, so that the second finds the first one's run.
    perform pg_advisory_xact_lock(hashtextextended(p_workflow::text || idempotency, 0));
    select * into first from public.runs where workflow_id = p_workflow and idempotency_key = idempotency;
    if first.id is not null then
      if (select input from public.run_payloads where run_id = first.id) is distinct from given then
        perform engine.raise(
          'RB409', format('The idempotency key "%s" was used before with another input.', idempotency), 'Use a new key for a new run.');
      end if;
      return jsonb_build_object('run_id', first.id, 'existing', true);
    end if;
  end if;
  perform engine.check_input(chosen.plan_input, given);
  if p_options -> 'facts' -> 'parent_run_id' is null then
    perform engine.check_queue_depth(source.workspace_id);
  end if;
  if chosen.plan_settings -> 'concurrency' ->> 'whenFull' <> 'queue' then
    perform engine.make_room(p_workflow, chosen.plan_settings -> 'concurrency', given);
  end if;
  debounce := chosen.plan_settings -> 'debounce';
  if debounce is not null then
    debounce_key := engine.key_of(debounce -> 'parts', given);
    earlier := engine.debounce(p_workflow, debounce_key, (debounce -> 'ms')::bigint, given);
    if earlier is not null then
      return jsonb_build_object('run_id', earlier, 'existing', true, 'debounced', true);
    end if;
  end if;
  started := engine.insert_run(chosen, given, jsonb_strip_nulls(
    jsonb_build_object(
      'title', p_options ->> 'title', 'mode', p_options ->> 'mode', 'lane', p_options ->> 'lane',
      'priority', p_options -> 'priority', 'idempotency_key', idempotency, 'debounce_key', debounce_key, 'budgets', p_options -> 'budgets',
      'created_by', p_user,
      'trigger', jsonb_build_object('kind', coalesce(p_options ->> 'trigger_kind', 'manual'), 'by', p_user)
    ) || coalesce(p_options -> 'facts', '{}')));
  if debounce is not null then
    perform engine.hold_steps(array[(started, 'hold', jsonb_build_object('kind', 'limit', 'ref', 'debounce', 'until',
      engine.iso_time(engine.now() + make_interval(secs => (debounce -> 'ms')::double precision / 1000))))::engine.ruling]);
  end if;
  return jsonb_build_object('existing', false, 'run_id', started);
end $$;
