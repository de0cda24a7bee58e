-- Gives a worker up to `p_limit` steps to execute, as an array of ClaimedStep (core/worker.ts), each leased for `p_lease_ms`.
-- Every entry into the engine looks rows up by key, so each turns the other ways to join off and keeps its plans: one made while the
-- tables were nearly empty would else read all of them for ever, and planning anew cost eight times what executing did.
create function engine.claim_steps(p_worker text, p_limit int, p_lease_ms int)
returns json language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  taken engine.step_ref[];
begin
  if engine.may_rest(p_worker) then
    return '[]';
  end if;
  taken := engine.take_due(p_worker, p_limit, make_interval(secs => p_lease_ms / 1000.0));
  perform engine.wake_others(p_worker, p_limit, cardinality(taken)) from engine.workers where sleeping limit 1;
  return engine.hand_out(taken);
end $$;
