-- Pauses a run: what is under way ends, nothing else of it is claimed until resume_run. Pausing a paused run changes nothing. Operators.
create function public.pause_run(run uuid)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  if target.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so there is nothing to pause.', 'Retry it if it should go on.');
  end if;
  if target.paused_at is null then
    update public.runs set paused_at = engine.now(), paused_by = actor, last_move = 'run.updated' where id = run;
    perform engine.hold_steps(array[(run, 'hold', '{"kind": "limit", "ref": "pause"}')::engine.ruling]);
    perform engine.write_audit(target.workspace_id, actor, 'run.paused', run::text, jsonb_build_object('title', target.title));
  end if;
  select * into target from public.runs where id = run;
  return jsonb_build_object('status', target.status, 'paused_at', target.paused_at);
end $$;
