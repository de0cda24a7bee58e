-- Makes the steps of locked runs that wait for a lane, or for the end of a pause, ready again.
create function engine.release_held(p_runs uuid[], p_kind text)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now()
  where run_id = any (p_runs) and status = 'waiting' and waiting_for ->> 'kind' = p_kind
    and (p_kind = 'lane' or waiting_for ->> 'ref' = 'pause');
  if found then
    -- A run that was never admitted goes on by being claimed; until then its reason stands.
    perform engine.settle_runs(p_runs);
    perform engine.wake_workers();
  end if;
end $$;
