-- Everything anybody may do, in one place: people read tables through row security and call verbs; workers call the engine.
grant usage on schema public to authenticated;
grant usage on schema engine to runboard_engine;

grant select on table
  public.profiles, public.workspaces, public.members, public.lanes, public.workflows, public.drafts, public.versions,
  public.connections, public.tools, public.audit_log, public.runs, public.run_payloads, public.steps, public.step_payloads,
  public.attempts, public.attempt_payloads, public.run_events, public.proofs, public.artifacts, public.approvals, public.rollups,
  public.triggers, public.hook_paths, public.firings, public.firing_payloads,
  public.operations, public.operation_runs
to authenticated;

-- A policy's functions run with the rights of the reader.
grant execute on function
  engine.my_workspaces(text), engine.my_payload_workspaces(), engine.my_peers(), engine.may_receive(text), engine.may_send(text),
  engine.uuid_or_null(text)
to authenticated;

do $$
declare
  verbs constant text[] := array[
    'pause_run', 'resume_run', 'top_up_run', 'set_workspace',
    'engine_status', 'create_workspace', 'add_member', 'change_member', 'remove_member', 'set_lane', 'create_workflow', 'save_draft',
    'update_workflow', 'delete_connection', 'start_run', 'cancel_run', 'retry_run', 'retry_preview', 'decide_approval', 'move_run',
    'submit_form', 'send_signal', 'signal_runs',
    'set_trigger', 'bulk_retry', 'bulk_cancel', 'bulk_move', 'abort_operation'
  ];
  calls constant text[] := array[
    'reserve_budget', 'note_calls', 'ask_host',
    'claim_steps', 'report_steps', 'heartbeat', 'mark_started', 'record_ahead', 'sweep', 'worker_idle', 'publish_version', 'surroundings',
    'get_connection', 'put_connection', 'put_tools', 'query_rows', 'register_worker',
    'take_file_removals', 'files_removed', 'metrics',
    'hook_of', 'fire_hook', 'hook_answer', 'open_firings', 'fire_trigger', 'due_triggers', 'plan_slots'
  ];
  routine regprocedure;
begin
  for routine in select oid::regprocedure from pg_proc where pronamespace = 'public'::regnamespace and proname = any (verbs) loop
    execute format('grant execute on function %s to authenticated', routine);
  end loop;
  for routine in select oid::regprocedure from pg_proc where pronamespace = 'engine'::regnamespace and proname = any (calls) loop
    execute format('grant execute on function %s to runboard_engine', routine);
  end loop;
end $$;
