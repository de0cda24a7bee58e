-- Lets a paused run go on. A run that is not paused stays as it is. Operators.
create function public.resume_run(run uuid)
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
  if target.paused_at is not null and target.finished_at is null then
    update public.runs set paused_at = null, paused_by = null, last_move = 'run.updated' where id = run;
    perform engine.release_held(array[run], 'limit', 'pause');
    perform engine.write_audit(target.workspace_id, actor, 'run.resumed', run::text, jsonb_build_object('title', target.title));
  end if;
  select * into target from public.runs where id = run;
  return jsonb_build_object('status', target.status);
end $$;
