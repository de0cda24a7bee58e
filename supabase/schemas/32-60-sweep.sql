-- Does what time alone brings: timers that are over, questions that expired, deadlines of runs and steps, cancelled runs past ten seconds,
-- messages between runs, leases of workers that died, lapsed leases of runs that end, rollups, rare chores. Retries and other lapsed leases are
-- for claims. Called every few seconds.
create function engine.sweep()
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  began constant timestamptz := engine.now();
  released int;
  recovered int;
  due_now boolean;
begin
  -- First, because they hold nobody up before the others lock runs.
  perform engine.fold_rollups();
  perform engine.do_chores();
  released := engine.end_waits() + engine.deliver();
  recovered := engine.free_vanished() + engine.end_overdue_runs() + engine.end_overdue_steps();
  perform engine.tend_firings();
  -- Verbs on many runs, a slice of each.
  released := released + engine.work_operations();
  -- A run that was busy when its lane had room again was passed over then.
  perform engine.release_lane(held.workspace_id, held.lane)
  from (select distinct workspace_id, lane from public.runs where waiting_for ->> 'kind' = 'lane' order by workspace_id, lane) as held;
  perform engine.release_keys();
  if exists (select from engine.breakers where tend_at <= began) then
    perform engine.tend_breakers();
  end if;
  perform engine.release_connection(limited) from public.connections as limited where limited.limits ? 'maxParallel';
  select exists (
    select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= engine.now()
  ) or exists (select from public.steps where status = 'ready') into due_now;
  if due_now then
    perform engine.wake_workers();
  end if;
  perform engine.note_sweep(began);
  return jsonb_build_object('released', released, 'recovered', recovered, 'firings', engine.firings_due(), 'nextDueMs', engine.next_due_ms(),
    'removals', exists (select from engine.file_removals where due_at <= began));
end $$;
