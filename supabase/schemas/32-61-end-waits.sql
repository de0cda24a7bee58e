-- Ends waits whose time has come: a timer succeeds, a question expires as its node says. Returns how many.
create function engine.end_waits()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  due record;
  question public.approvals;
  ended engine.step_ref[];
  total int := 0;
begin
  for due in
    select run.id, array_agg((step.run_id, step.step_key, step.item_path)::engine.step_ref) as steps
    from (
      select run_id, step_key, item_path from public.steps
      where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at and waiting_for ->> 'kind' in ('timer', 'approval')
      order by coalesce(lease_until, due_at) limit 1000
    ) as step join public.runs as run on run.id = step.run_id
    group by run.id order by run.id
  loop
    perform from public.runs where id = due.id for no key update skip locked;
    continue when not found;
    ended := array(
      select (step.run_id, step.step_key, step.item_path)::engine.step_ref
      from unnest(due.steps) join public.steps as step using (run_id, step_key, item_path)
      where step.status = 'waiting' and step.waiting_for ->> 'kind' in ('timer', 'approval') and step.due_at <= at);
    for index in 1 .. cardinality(ended) loop
      update public.approvals set status = 'expired', decided_at = at
      where (run_id, step_key, item_path) = (ended[index].run_id, ended[index].step_key, ended[index].item_path) and status = 'open'
      returning * into question;
      if question.id is null then
        perform engine.complete_step(ended[index], null, '{}');
      elsif question.on_timeout = 'rejected' then
        perform engine.complete_step(ended[index], 'rejected',
          jsonb_build_object('decision', 'rejected', 'by', 'timeout', 'comment', 'Nobody decided in time.', 'payload', question.payload));
      else
        perform engine.fail_waiting(ended[index], jsonb_build_object('class', 'permanent', 'code', 'wait_expired',
          'message', 'Nobody decided in time.', 'hint', 'Retry to ask again.'));
      end if;
      question := null;
    end loop;
    perform engine.finish_waits(ended);
    total := total + cardinality(ended);
  end loop;
  return total;
end $$;
