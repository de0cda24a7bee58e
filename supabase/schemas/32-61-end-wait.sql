-- Ends one wait of a locked run whose time has come: a timer succeeds (a repeat's turn with the result it had kept), a check asks again, a
-- question expires and a signal stays out as their nodes say. Called by engine.end_waits.
create function engine.end_wait(p_step engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
declare
  question public.approvals;
  missed engine.signal_waits;
begin
  update public.approvals set status = 'expired', decided_at = engine.now()
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'open'
  returning * into question;
  if question.purpose = 'verifier' then
    perform engine.answer_check(question, 'expired');
    return;
  elsif question.on_timeout = 'rejected' then
    perform engine.complete_step(p_step, 'rejected',
      jsonb_build_object('decision', 'rejected', 'by', 'timeout', 'comment', 'Nobody decided in time.', 'payload', question.payload));
    return;
  elsif question.id is not null then
    perform engine.fail_waiting(p_step, jsonb_build_object('class', 'permanent', 'code', 'wait_expired', 'hint', 'Retry to ask again.',
      'message', case question.purpose when 'form' then 'Nobody filled in the form in time.' else 'Nobody decided in time.' end));
    return;
  end if;
  if (select keeps_output from public.steps
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)) then
    perform engine.release_checks(p_step);
    return;
  end if;
  delete from engine.signal_waits
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  returning * into missed;
  if missed.on_timeout = 'fail' then
    perform engine.fail_waiting(p_step, jsonb_build_object('class', 'permanent', 'code', 'wait_expired',
      'message', format('The signal "%s" did not come in time.', missed.name), 'hint', 'Retry to wait for it again.'));
  elsif missed.name is not null then
    perform engine.complete_step(p_step, null, '{"signal": null}');
  else
    perform engine.complete_step(p_step, null, coalesce((
      select output from public.step_payloads
      where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)), '{}'));
  end if;
end $$;
