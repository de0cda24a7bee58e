-- What a worker's claim or report says to those that sleep: nothing, as long as it looks again itself, because it took fewer steps than it had room
-- for, or because it is quick: what it reported last took it `p_active_ms` a step, a good part of its slots came free at once, and those awake keep
-- the processors they share with the database busy. Otherwise, and if it left something ready, that they are needed. Called where somebody sleeps.
create function engine.wake_others(p_worker text, p_room int, p_taken int, p_active_ms double precision default null)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
  now_quick boolean;
  looks boolean;
begin
  select coalesce(p_active_ms < 50, quick), coalesce(
      p_taken < p_room or coalesce(p_active_ms < 50, quick) and p_room >= slots / 8.0 and database_cores <= 2 * (
        select count(*) from engine.workers where not sleeping and pid is not null and vanished_at is null), false)
  into now_quick, looks from engine.workers where worker = p_worker;
  -- One that found something as it lay down is up again.
  update engine.workers set quick = now_quick, looks_until = case when looks then at + interval '250 ms' end,
    sleeping = sleeping and not looks
  where worker = p_worker and (not sleeping or p_taken > 0)
    and (sleeping or quick <> now_quick or (looks_until is null) = looks or looks_until < at + interval '200 ms');
  if not coalesce(looks, p_taken < p_room) and exists (select from public.steps where status = 'ready') then
    perform engine.wake_workers();
  end if;
end $$;
