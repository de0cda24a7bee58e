-- Decides which of these locked runs may have steps claimed now. Those a pause, a lane or a limit holds back wait for that, which takes their
-- steps out of the queue (`held` says how many). The `allowed` ones are admitted: from now on they count towards their lane and key. Of runs that
-- are known to be free of all that (engine.lock_runs) nothing is asked, and those that are admitted and running stay as they are.
create function engine.hold_runs(p_runs uuid[], p_free boolean, p_admitted boolean, out allowed uuid[], out held int)
language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  rulings engine.ruling[];
begin
  held := 0;
  if p_free then
    allowed := p_runs;
  else
    rulings := engine.rule_lanes(p_runs);
    if exists (select from unnest(rulings) where verdict = 'limits') then
      rulings := engine.rule_limits(rulings);
    end if;
    allowed := array(select run_id from unnest(rulings) where verdict = 'go');
    if cardinality(allowed) < cardinality(rulings) then
      held := (select count(*) from unnest(rulings) where verdict = 'hold');
      perform engine.hold_steps(array(select ruling from unnest(rulings) as ruling where verdict = 'hold' order by run_id));
    end if;
  end if;
  if p_free and p_admitted then
    return;
  end if;
  update public.runs as run set
    admitted_at = coalesce(admitted_at, at), started_at = coalesce(started_at, greatest(at, created_at)),
    status = 'running', waiting_for = null,
    last_move = case status when 'queued' then 'run.started' when 'waiting' then 'run.resumed' else last_move end
  where id = any (allowed) and (admitted_at is null or status <> 'running') and error is null and cancel_requested_at is null
    -- Steps of this run are asked for, and not, through an index of what is due, those of all.
    and ((counts -> 'ready')::int > 0 or (counts -> 'waiting')::int > 0 and exists (
      select from (select status, waiting_for, due_at from public.steps where run_id = run.id offset 0) as step
      where step.status = 'waiting' and step.waiting_for ->> 'kind' in ('retry', 'limit', 'budget') and step.due_at <= at));
end $$;
