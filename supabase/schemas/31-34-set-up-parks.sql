-- Sets up what parked steps wait for: a question to people, a signal, or a child run; a timer needs nothing. Returns steps that ended at
-- once (a signal that came before, a child that could not start or is not waited for).
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
    if parked.park ->> 'for' in ('approval', 'form') then
      insert into public.approvals (
        id, run_id, step_key, item_path, attempt, workspace_id, purpose, title, message, payload, editable, form, approvers, on_timeout,
        opened_at, expires_at)
      values (
        parked.ref::uuid, parked.run_id, parked.step_key, parked.item_path, parked.attempt, parked.workspace_id,
        coalesce(parked.park ->> 'purpose', parked.park ->> 'for'), parked.park ->> 'title',
        parked.park ->> 'message', coalesce(parked.park -> 'payload', parked.park -> 'prefill'), parked.park -> 'editable',
        parked.park -> 'schema', parked.park -> 'approvers', coalesce(parked.park ->> 'onTimeout', 'fail'), engine.now(), parked.due_at);
    elsif parked.park ->> 'for' = 'signal' then
      ended := ended || engine.await_signal((parked.run_id, parked.step_key, parked.item_path)::engine.step_ref, parked.park);
    elsif parked.park ->> 'for' = 'budget' then
      -- Somebody may have topped it up while the refusal was under way.
      perform engine.release_held(array[id], 'budget', parked.ref) from public.runs
      where id = parked.run_id and (budgets ->> parked.ref)::numeric > (parked.park ->> 'amount')::numeric;
    elsif parked.park ->> 'for' = 'host' then
      -- It may answer again meanwhile.
      if not exists (
        select from engine.breakers
        where workspace_id = parked.workspace_id and 'host:' || host = parked.ref and opened_at is not null
      ) then
        perform engine.release_held(array[parked.run_id], 'limit', parked.ref);
      end if;
    elsif parked.park ->> 'for' = 'run' then
      ended := ended || engine.start_child(
        (parked.run_id, parked.step_key, parked.item_path)::engine.step_ref, parked.park, substr(parked.ref, 5)::uuid);
    end if;
  end loop;
  return ended;
end $$;
