-- Makes the steps of locked runs that wait for one thing (a lane, a key, a budget, the end of a pause) ready again; without `p_ref` whatever
-- of that kind.
create function engine.release_held(p_runs uuid[], p_kind text, p_ref text default null)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now()
  where run_id = any (p_runs) and status = 'waiting' and waiting_for ->> 'kind' = p_kind
    and (p_ref is null or waiting_for ->> 'ref' = p_ref);
  if found then
    -- A run that was never admitted goes on by being claimed; until then its reason stands.
    perform engine.settle_runs(p_runs);
    perform engine.wake_workers();
  end if;
end $$;
