-- Ends waits whose time has come, each as its node says. Returns how many.
create function engine.end_waits()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  due record;
  ended engine.step_ref[];
  total int := 0;
begin
  for due in
    select run.id, array_agg((step.run_id, step.step_key, step.item_path)::engine.step_ref) as steps
    from (
      select run_id, step_key, item_path from public.steps
      where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at and waiting_for ->> 'kind' in ('timer', 'approval', 'form', 'signal')
      order by coalesce(lease_until, due_at) limit 1000
    ) as step join public.runs as run on run.id = step.run_id
    group by run.id order by run.id
  loop
    perform from public.runs where id = due.id for no key update skip locked;
    continue when not found;
    ended := array(
      select (step.run_id, step.step_key, step.item_path)::engine.step_ref
      from unnest(due.steps) join public.steps as step using (run_id, step_key, item_path)
      where step.status = 'waiting' and step.waiting_for ->> 'kind' in ('timer', 'approval', 'form', 'signal') and step.due_at <= at);
    for index in 1 .. cardinality(ended) loop
      perform engine.end_wait(ended[index]);
    end loop;
    perform engine.finish_waits(ended);
    total := total + cardinality(ended);
  end loop;
  return total;
end $$;
