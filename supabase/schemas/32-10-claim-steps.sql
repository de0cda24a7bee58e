-- Gives a worker up to `p_limit` steps to execute, as an array of ClaimedStep (core/worker.ts), each leased for `p_lease_ms`.
create function engine.claim_steps(p_worker text, p_limit int, p_lease_ms int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  lease constant interval := make_interval(secs => p_lease_ms / 1000.0);
begin
  return engine.hand_out(engine.take_due(p_worker, p_limit, lease));
end $$;
