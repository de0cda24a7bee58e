-- Makes a step whose outcome nobody knows wait for a person, who decides: do it again, treat it as done, or fail.
create function engine.ask_reconcile(p_step engine.step_ref, p_why text)
returns void language plpgsql set search_path = ''
as $$
declare
  asked public.approvals;
begin
  insert into public.approvals (run_id, step_key, item_path, attempt, workspace_id, purpose, title, message, opened_at)
  select run_id, step_key, item_path, attempt, workspace_id, 'reconcile', format('Did "%s" happen?', title),
    p_why || ' It may or may not have taken effect. Look at the other side, then decide: do it again, treat it as done, or fail it.',
    engine.now()
  from public.steps where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  returning * into asked;
  update public.steps set
    status = 'waiting', last_move = 'step.waiting', lease_until = null, due_at = null, deadline_at = null, finished_at = null,
    waiting_for = jsonb_build_object('kind', 'reconcile', 'ref', asked.id)
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
end $$;
