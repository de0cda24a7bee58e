-- Sets up what parked steps wait for: a question to people, or a child run; a timer needs nothing. Returns steps that ended at once (a child
-- that could not start, or one that is not waited for).
create function engine.set_up_parks(p_reports engine.step_report[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  parked record;
  ended engine.step_ref[] := '{}';
begin
  for parked in
    select report.*, step.workspace_id, step.status, step.due_at, step.waiting_for ->> 'ref' as ref
    from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
    where report.outcome = 'parked' and step.status = 'waiting'
  loop
    if parked.park ->> 'for' = 'approval' then
      insert into public.approvals (
        id, run_id, step_key, item_path, attempt, workspace_id, purpose, title, message, payload, editable, approvers, on_timeout,
        opened_at, expires_at)
      values (
        parked.ref::uuid, parked.run_id, parked.step_key, parked.item_path, parked.attempt, parked.workspace_id,
        'approval', parked.park ->> 'title',
        parked.park ->> 'message', parked.park -> 'payload', parked.park -> 'editable', parked.park -> 'approvers',
        parked.park ->> 'onTimeout', engine.now(), parked.due_at);
    elsif parked.park ->> 'for' = 'run' then
      ended := ended || engine.start_child(
        (parked.run_id, parked.step_key, parked.item_path)::engine.step_ref, parked.park, substr(parked.ref, 5)::uuid);
    end if;
  end loop;
  return ended;
end $$;
