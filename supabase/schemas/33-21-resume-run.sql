-- Resumes a locked, ended run in place: succeeded steps stay, failed ones are ready again with a fresh budget, what they held back waits for
-- them with its dependencies counted anew.
create function engine.resume_run(p_run uuid)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  again engine.moved[];
  asked engine.step_ref;
  decided engine.token[];
  ended engine.step_ref[] := '{}';
begin
  again := array(
    select (p_run, step_key, item_path, todo.again)::engine.moved from engine.steps_to_resume(p_run) as todo);
  update public.runs as run set status = 'queued', last_move = 'run.retried', retry_count = retry_count + 1, error = null,
    cancel_requested_at = null, cancelled_by = null, paused_at = null, paused_by = null, finished_at = null,
    deadline_at = at + make_interval(secs => (version.plan -> 'settings' ->> 'deadlineMs')::double precision / 1000)
  from public.versions as version
  where run.id = p_run and (version.workflow_id, version.n) = (run.workflow_id, run.version);

  update public.steps as step set
    status = case again.status when 'retried' then 'ready' else 'pending' end,
    last_move = case again.status when 'retried' then 'step.retried' else 'step.reset' end,
    due_at = case again.status when 'retried' then at end, tries = 0, crashes = 0, error = null, finished_at = null, port = null,
    verification = 'none', start_marker_at = null,
    deadline_at = null
  from unnest(again) as again
  where again.status <> 'asked' and (step.run_id, step.step_key, step.item_path) = (p_run, again.step_key, again.item_path);
  for asked in select run_id, step_key, item_path from unnest(again) where status = 'asked' loop
    perform engine.ask_reconcile(asked, 'The run ended while it was under way.');
  end loop;
  update public.steps as step set
    remaining_deps = counted.remaining, dead_deps = counted.dead, items_done = counted.items_done, items_failed = 0
  from engine.recount(again) as counted
  where (step.run_id, step.step_key, step.item_path) = (p_run, counted.step_key, counted.item_path);

  -- Those whose dependencies have all ended, or enough of them; most wait for what was retried.
  decided := array(
    select (step.run_id, step.step_key, step.item_path, 0, 0)::engine.token
    from unnest(again) as again join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where again.status = 'reset'
      and engine.verdict_of(step.role, plan.join_mode, plan.total_deps, step.remaining_deps, step.dead_deps) <> 'pending');
  if cardinality(decided) > 0 then
    ended := engine.skipped_of(engine.give_tokens(decided, null, 0, null));
  end if;
  perform engine.advance(ended || engine.reopen_maps(again), null, 0, null);
  perform engine.settle_runs(array[p_run]);
  perform engine.wake_workers();
end $$;
