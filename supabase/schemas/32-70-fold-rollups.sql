-- Adds up to 2,000 starts and ends to the rollups and totals; called by the sweep once the oldest waits for two seconds, and by tests with
-- no wait. One at a time: another sweep leaves it be. Attempts are counted by when they ended, so a resume in between changes nothing.
create function engine.fold_rollups(p_wait interval default '2 s')
returns int language plpgsql set search_path = ''
as $$
declare
  oldest timestamptz;
  deltas engine.rollup_deltas[];
begin
  select at into oldest from engine.rollup_deltas limit 1;
  if oldest is null or oldest > engine.now() - p_wait or not pg_try_advisory_xact_lock(hashtextextended('engine.fold_rollups', 0)) then
    return 0;
  end if;
  with taken as (
    delete from engine.rollup_deltas where ctid = any (array(select ctid from engine.rollup_deltas limit 2000)) returning rollup_deltas
  )
  select array_agg(taken.rollup_deltas) into deltas from taken;
  -- A sweep that folded at the same time left nothing.
  if deltas is null then
    return 0;
  end if;
  perform engine.add_to_rollups(deltas);
  perform engine.add_to_totals(deltas);
  return cardinality(deltas);
end $$;
