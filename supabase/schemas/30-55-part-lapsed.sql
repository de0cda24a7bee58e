-- Of due steps, leaves what a worker may take while some of them are lapsed, for any of those may kill whoever takes it. No more than half of the
-- workers take any at the same time, the others go on with everybody else's; a worker counts for five seconds, by then most that kill have done so.
-- Suspects, lapsed steps that two deaths count against or more, come last and alone, to a worker that took no other a moment ago; one that died
-- thrice in company comes to a worker that holds nothing at all, unless there was none for a minute. `aside` says how many were left out.
-- Called by engine.give_up_lapsed.
create function engine.part_lapsed(
  p_candidates engine.step_ref[], p_suspects engine.step_ref[], p_worker text,
  out candidates engine.step_ref[], out alone boolean, out aside int)
language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  lapsed constant engine.step_ref[] := array(
    select (run_id, step_key, item_path)::engine.step_ref from unnest(p_candidates) join public.steps as step using (run_id, step_key, item_path)
    where step.status = 'running' and step.lease_until <= at);
  takers text[];
  takes_suspect boolean;
  first engine.step_ref;
begin
  alone := false;
  aside := 0;
  candidates := p_candidates;
  if cardinality(lapsed) = 0 then
    return;
  end if;
  select array_agg(distinct step.worker), coalesce(bool_or(step.worker = p_worker and step.crashes >= 2), false) into takers, takes_suspect
  from public.steps as step
  join public.attempts as attempt on (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n)
    = (step.run_id, step.step_key, step.item_path, step.attempt)
  where (step.lease_until is not null or step.waiting_for is not null) and coalesce(step.lease_until, step.due_at) > at
    and step.status = 'running' and step.crashes >= 1 and attempt.started_at > at - interval '5 seconds';
  if not p_worker = any (takers) and cardinality(takers) >= greatest(1, (
    select count(*) / 2 from engine.workers
    where vanished_at is null and (pid is not null or seen_at > at - interval '1 minute'))) then
    candidates := array(select candidate from unnest(p_candidates) as candidate where not candidate = any (lapsed));
  elsif cardinality(p_suspects) > 0 then
    candidates := array(select candidate from unnest(p_candidates) as candidate where not candidate = any (p_suspects));
    if cardinality(lapsed) = cardinality(p_suspects) and not takes_suspect then
      first := (
        select (step.run_id, step.step_key, step.item_path)::engine.step_ref
        from unnest(p_suspects) join public.steps as step using (run_id, step_key, item_path)
        where step.crashes = 1 or step.lease_until < at - interval '1 minute' or not exists (
          select from public.steps as other
          where (other.lease_until is not null or other.waiting_for is not null) and coalesce(other.lease_until, other.due_at) > at
            and other.status = 'running' and other.worker = p_worker)
        order by step.crashes, step.lease_until limit 1);
      if first.run_id is not null then
        candidates := array[first];
        alone := true;
      end if;
    end if;
  end if;
  aside := cardinality(p_candidates) - cardinality(candidates);
end $$;
