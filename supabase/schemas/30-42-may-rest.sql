-- Whether a worker that lies down, or looks up from its sleep unasked, may leave what is ready to others: as many are awake and look for work as can
-- keep the processors busy that they share with the database. More would only take turns on them, with fewer steps at a time. Should those be lost,
-- the next look finds that nobody looks.
create function engine.may_rest(p_worker text)
returns boolean language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
begin
  return exists (
    select from engine.workers as me
    where worker = p_worker and sleeping and database_cores is not null and greatest(1, database_cores / 2) <= (
      select count(*) from engine.workers as other
      where other.looks_until > at and other.looks_until <= at + interval '250 ms' and not other.sleeping));
end $$;
