-- Asks a run to end. What does not run ends at once; a running step is told and has ten seconds. Ending an ended run changes nothing.
-- Operators.
create function public.cancel_run(run uuid)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  perform from public.runs where id = run for no key update;
  perform engine.cancel_locked_run(run, actor);
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  select * into target from public.runs where id = run;
  if target.cancelled_by = actor then
    perform engine.write_audit(target.workspace_id, actor, 'run.cancelled', run::text, jsonb_build_object('title', target.title));
  end if;
  return jsonb_build_object('status', target.status);
end $$;
