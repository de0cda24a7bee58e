-- Whether a worker may leave what is ready to others, because as many are awake and look for work as can keep the processors busy that they share with
-- the database: to anybody if it lies down or looks up from its sleep unasked, else to those that have been up longer. More would only take turns, with fewer
-- steps at a time. Should those be lost, the next look finds that nobody looks.
create function engine.may_rest(p_worker text)
returns boolean language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
begin
  return exists (
    select from engine.workers as me
    where worker = p_worker and database_cores is not null and greatest(1, database_cores / 2) <= (
      select count(*) from engine.workers as other
      where other.looks_until > at and other.looks_until <= at + interval '250 ms' and not other.sleeping
        and (me.sleeping or other.session_started < me.session_started)));
end $$;
