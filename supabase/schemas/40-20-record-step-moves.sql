-- Turns every move of a statement on steps into events. Old and new rows are paired by sorting, not by joining: a join of
-- transition tables keeps the plan it got for the first, small statement and is quadratic in a large one.
create function engine.record_step_moves()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  changes engine.step_change[];
begin
  with both_sides as (
    select 0 as side, run_id, step_key, item_path, status, last_move, attempt, waiting_for, rank, port, error, items_total
    from old_steps
    union all
    select 1, run_id, step_key, item_path, status, last_move, attempt, waiting_for, rank, port, error, items_total
    from new_steps
  ), paired as (
    select *, lag(status) over step as from_status, lag(last_move) over step as from_move, lag(attempt) over step as from_attempt,
      lag(waiting_for) over step as from_waiting
    from both_sides window step as (partition by run_id, step_key, item_path order by side)
  )
  select array_agg((
      run_id, step_key, item_path, from_status, status, last_move, attempt, rank,
      engine.step_event_data(status, waiting_for, port, error, items_total))::engine.step_change)
  into changes
  from paired
  where side = 1 and (status <> from_status or last_move <> from_move or attempt <> from_attempt
    or waiting_for is distinct from from_waiting);
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_moves after update on public.steps
  referencing old table as old_steps new table as new_steps
  for each statement execute function engine.record_step_moves();
