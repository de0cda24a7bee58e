-- Ends runs past their deadline, and cancelled runs whose steps did not stop within ten seconds. Returns how many.
create function engine.end_overdue_runs()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  overdue record;
  total int := 0;
begin
  for overdue in
    select id, cancel_requested_at from public.runs
    where finished_at is null and (
      (deadline_at is not null and deadline_at <= at)
      or (cancel_requested_at is not null and cancel_requested_at <= at - interval '10 s'))
    order by id limit 500 for no key update skip locked
  loop
    if overdue.cancel_requested_at is null then
      update public.runs set error = jsonb_build_object('class', 'permanent', 'code', 'deadline',
        'message', 'The run did not end before its deadline.', 'hint', 'Retry it, or raise the deadline in the workflow''s settings.')
      where id = overdue.id and error is null;
    end if;
    perform engine.cancel_steps(overdue.id, array(
      select (run_id, step_key, item_path)::engine.step_ref from public.steps
      where run_id = overdue.id and status in ('pending', 'ready', 'waiting', 'running')));
    perform engine.settle_runs(array[overdue.id]);
    total := total + 1;
  end loop;
  return total;
end $$;
