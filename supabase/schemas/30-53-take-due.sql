-- Moves up to `p_limit` due steps to running for a worker and returns them. Candidates are found without locks, their runs locked with
-- `skip locked`, and only then are the steps read again and taken: run first, then steps. Called by claim_steps and report_steps.
create function engine.take_due(p_worker text, p_limit int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at timestamptz;
  candidates engine.step_ref[];
  locked uuid[];
  ruling record;
  alone boolean := false;
  taken engine.step_ref[];
  all_taken engine.step_ref[] := '{}';
begin
  -- A pass that only found runs a lane or limit holds back moves those out of the way; the next pass looks behind them.
  for pass in 1 .. 8 loop
    candidates := engine.find_due(p_limit - cardinality(all_taken));
    exit when cardinality(candidates) = 0;
    locked := array(
      select id from public.runs
      where id in (select run_id from unnest(candidates)) and finished_at is null
      order by id for no key update skip locked);
    exit when cardinality(locked) = 0;
    -- A look at an index; most claims find none. By a time not before the candidates': whichever of them lapsed is ruled on before it is taken.
    at := engine.now();
    if exists (
      select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
        and status = 'running'
    ) then
      select * into candidates, alone from engine.give_up_lapsed(candidates, locked, p_worker);
    end if;
    select * into ruling from engine.hold_runs(locked);
    if exists (select from public.connections where limits is not null) then
      candidates := engine.hold_connections(candidates, ruling.allowed);
    end if;
    taken := engine.take_steps(candidates, ruling.allowed, p_worker, p_lease);
    all_taken := all_taken || taken;
    exit when cardinality(all_taken) >= p_limit or alone or (cardinality(taken) = 0 and ruling.held = 0);
  end loop;
  return all_taken;
end $$;
