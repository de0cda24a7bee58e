-- What a worker's claim or report says to those that sleep: nothing, as long as it looks again itself, because it took fewer steps than it had room
-- for, or because it is quick: what it reports took it `p_active_ms` a step, a good part of its slots came free at once, and those awake keep the
-- processors they share with the database busy. Otherwise, and if it left something ready, that they are needed. Called where somebody sleeps.
create function engine.wake_others(p_worker text, p_room int, p_taken int, p_active_ms double precision default null)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
begin
  if p_taken < p_room or p_active_ms < 50 and exists (
    select from engine.workers where worker = p_worker and p_room >= slots / 8.0 and database_cores <= 2 * (
      select count(*) from engine.workers where not sleeping and pid is not null and vanished_at is null)
  ) then
    -- One that found something as it lay down is up again.
    update engine.workers set looks_until = at + interval '250 ms', sleeping = false
    where worker = p_worker and (not sleeping or p_taken > 0) and (sleeping or coalesce(looks_until < at + interval '200 ms', true));
    return;
  end if;
  update engine.workers set looks_until = null where worker = p_worker and looks_until is not null;
  if exists (select from public.steps where status = 'ready') then
    perform engine.wake_workers();
  end if;
end $$;
