-- Moves up to `p_limit` due steps to running for a worker and returns them. Candidates are found without locks, their runs locked with
-- `skip locked`, and only then are the steps read again and taken: run first, then steps. Called by claim_steps and report_steps.
create function engine.take_due(p_worker text, p_limit int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at timestamptz;
  due record;
  locked record;
  ruling record;
  candidates engine.step_ref[];
  others engine.step_ref[];
  look int := p_limit;
  wanted int;
  lapsed boolean;
  alone boolean := false;
  taken engine.step_ref[];
  all_taken engine.step_ref[] := '{}';
begin
  -- A pass that only found runs a lane or limit holds back moves those out of the way; the next pass looks behind them. Behind runs that others
  -- hold just now, who are mostly other claims, the next pass looks further.
  for pass in 1 .. 8 loop
    wanted := p_limit - cardinality(all_taken);
    select * into due from engine.find_due(look);
    exit when cardinality(due.candidates) = 0;
    candidates := due.candidates;
    select * into locked from engine.lock_runs(candidates, wanted);
    if cardinality(locked.runs) > 0 then
      if cardinality(candidates) > wanted then
        candidates := array(
          select (run_id, step_key, item_path)::engine.step_ref
          from unnest(candidates) with ordinality as candidate (run_id, step_key, item_path, turn)
          where run_id = any (locked.runs) order by turn limit wanted);
      end if;
      -- A look at an index; most claims find none. By a time not before the candidates': whichever of them lapsed is ruled on before it is taken.
      at := engine.now();
      lapsed := exists (
        select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
          and status = 'running');
      if lapsed then
        select * into candidates, others, alone from engine.give_up_lapsed(candidates, locked.runs, p_worker, wanted);
        exit when alone and cardinality(all_taken) > 0;
      end if;
      -- A ruling on what lapsed may have put a run that was running to wait.
      select * into ruling from engine.hold_runs(locked.runs, locked.free, locked.admitted and not lapsed);
      if exists (select from public.connections where limits is not null) then
        candidates := engine.hold_connections(candidates, ruling.allowed);
      end if;
      taken := engine.take_steps(candidates, ruling.allowed, p_worker, p_lease);
      -- What dead workers left waits for something else: it must not keep everybody else waiting.
      if alone and cardinality(taken) = 0 then
        alone := false;
        if exists (select from public.connections where limits is not null) then
          others := engine.hold_connections(others, ruling.allowed);
        end if;
        taken := engine.take_steps(others, ruling.allowed, p_worker, p_lease);
      end if;
      all_taken := all_taken || taken;
    end if;
    exit when cardinality(all_taken) >= p_limit or alone;
    if locked.missed then
      exit when due.complete or look >= 1000;
      look := look * 4;
    else
      exit when cardinality(locked.runs) = 0 or ruling.held = 0 and (cardinality(taken) = 0 or (due.complete and not lapsed));
    end if;
  end loop;
  return all_taken;
end $$;
