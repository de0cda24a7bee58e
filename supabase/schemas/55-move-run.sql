-- Moves a run to another lane. Operators.
create function public.move_run(run uuid, lane text)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  moved_to text;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  moved_to := engine.move_locked_run(target, move_run.lane);
  if moved_to <> target.lane then
    perform engine.write_audit(target.workspace_id, actor, 'run.moved', run::text, jsonb_build_object('from', target.lane, 'to', moved_to));
  end if;
  return jsonb_build_object('lane', moved_to);
end $$;
