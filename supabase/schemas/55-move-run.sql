-- Moves a run to another lane. Operators.
create function public.move_run(run uuid, lane text)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  left_lane text;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  if target.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so it stays where it is.', 'Retry it in another lane instead.');
  end if;
  left_lane := target.lane;
  update public.runs as moved set lane = engine.choose_lane(target.workspace_id, move_run.lane),
    last_move = 'run.updated'
  where id = run returning * into target;
  if target.lane <> left_lane then
    perform engine.release_held(array[run], 'lane');
    perform engine.release_lane(target.workspace_id, left_lane);
    perform engine.write_audit(target.workspace_id, actor, 'run.moved', run::text,
      jsonb_build_object('from', left_lane, 'to', target.lane));
  end if;
  return jsonb_build_object('lane', target.lane);
end $$;
