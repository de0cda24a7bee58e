-- Gives a worker up to `p_limit` files to delete; unless it says they are gone, they come up again a minute later.
create function engine.take_file_removals(p_limit int)
returns text[] language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  taken text[];
begin
  with due as (
    select path from engine.file_removals where due_at <= at order by due_at limit p_limit for update skip locked
  ), later as (
    update engine.file_removals set due_at = at + interval '1 minute' where path in (select path from due) returning path
  )
  select array_agg(path) into taken from later;
  return coalesce(taken, '{}');
end $$;
