-- Lets up to `p_most` steps that wait for a host go: now, when one is wanted as a probe, else one every hundredth of a second behind those
-- before. Takes those first that have tried least. Nothing is said to anybody: they wait on, and start before they were said to at the latest.
-- Returns up to when places are given; null when none was waiting.
create function engine.let_go(p_breaker engine.breakers, p_most int)
returns timestamptz language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  given constant timestamptz := greatest(p_breaker.placed_until, at);
  waits constant text := 'host:' || p_breaker.host;
  chosen engine.step_ref[];
  locked uuid[];
begin
  -- Those that were given a place are due by then.
  chosen := array(
    select (run_id, step_key, item_path)::engine.step_ref from (
      select * from public.steps
      where workspace_id = p_breaker.workspace_id and waiting_for ->> 'kind' = 'limit' and waiting_for ->> 'ref' = waits and due_at > given
      limit 1000
    ) as step order by tries, priority, rank, item_path limit p_most);
  if cardinality(chosen) = 0 then
    return null;
  end if;
  -- Run first, then steps; a run that somebody holds is left to the next time.
  locked := array(
    select id from public.runs where id in (select run_id from unnest(chosen)) and finished_at is null order by id for no key update skip locked);
  update public.steps as step set due_at = placed.due_at
  from (
    select one.*, case when p_breaker.opened_at is null then given + place * interval '10 ms' else at end as due_at
    from unnest(chosen) with ordinality as one (run_id, step_key, item_path, place)
  ) as placed
  where (step.run_id, step.step_key, step.item_path) = (placed.run_id, placed.step_key, placed.item_path) and step.run_id = any (locked)
    and step.status = 'waiting' and step.waiting_for ->> 'ref' = waits;
  return given + cardinality(chosen) * interval '10 ms';
end $$;
