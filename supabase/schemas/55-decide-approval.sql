-- Records a person's decision on an open question. For an approval: approved or rejected (the quorum of approvals decides, one rejection
-- rejects), with an edited payload if the question allows it; for a check's question the same becomes its verdict. For a step of unknown
-- outcome: do_it_again, treat_as_done (payload = its output) or fail. Needs one of the question's roles, or to be named in it.
create function public.decide_approval(approval uuid, verdict text, comment text default null, payload jsonb default null)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  question public.approvals;
  actor uuid;
  step engine.step_ref;
  approvals_now int;
begin
  select * into question from public.approvals where id = approval;
  actor := engine.require_role(question.workspace_id, 'viewer', 'question');
  perform engine.check_verdict(question, actor, verdict, payload);
  -- Run first: it serialises every decision on this run with its moves.
  perform from public.runs where id = question.run_id for no key update;
  select * into question from public.approvals where id = approval for update;
  if question.status <> 'open' then
    perform engine.raise('RB409', format('This was decided already: %s.', question.status), 'Reload to see by whom.');
  end if;
  if exists (select from jsonb_array_elements(question.votes) as vote where vote ->> 'by' = actor::text) then
    perform engine.raise('RB409', 'You have voted on this already.', 'The others have to decide now.');
  end if;
  update public.approvals set votes = votes || jsonb_strip_nulls(jsonb_build_object(
    'by', actor, 'verdict', decide_approval.verdict, 'comment', decide_approval.comment, 'at', engine.iso_time(engine.now())))
  where id = approval returning * into question;
  select count(*) into approvals_now from jsonb_array_elements(question.votes) as vote where vote ->> 'verdict' = 'approved';
  perform engine.write_audit(question.workspace_id, actor, 'approval.' || verdict, approval::text,
    jsonb_strip_nulls(jsonb_build_object('run', question.run_id, 'step', question.step_key, 'comment', comment)));
  if verdict = 'approved' and approvals_now < coalesce((question.approvers ->> 'quorum')::int, 1) then
    return jsonb_build_object('status', 'open');
  end if;
  update public.approvals set decided_at = engine.now(),
    status = case when verdict in ('rejected', 'fail') then 'rejected' else 'approved' end,
    response = jsonb_strip_nulls(jsonb_build_object('decision', verdict, 'by', actor, 'comment', decide_approval.comment, 'payload', decide_approval.payload))
  where id = approval returning * into question;
  step := (question.run_id, question.step_key, question.item_path)::engine.step_ref;
  if question.purpose = 'reconcile' then
    perform engine.apply_reconcile(step, verdict, payload);
  elsif question.purpose = 'verifier' then
    perform engine.answer_check(question, verdict);
    perform engine.finish_waits(array[step]);
  else
    perform engine.complete_step(step, verdict, jsonb_strip_nulls(jsonb_build_object(
      'decision', verdict, 'by', actor, 'comment', comment, 'payload', coalesce(payload, question.payload))));
    perform engine.finish_waits(array[step]);
  end if;
  return jsonb_build_object('status', question.status);
end $$;
