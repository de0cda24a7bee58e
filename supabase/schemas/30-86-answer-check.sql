-- Gives a check the answer people gave to its question, or `expired`, and lets the step go on to its checks.
create function engine.answer_check(p_question public.approvals, p_decision text)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.step_payloads set checks = checks || jsonb_build_object('answers', coalesce(checks -> 'answers', '{}') || jsonb_build_object(
    checks ->> 'asking', jsonb_strip_nulls(jsonb_build_object('decision', p_decision, 'approval', p_question.id, 'votes', p_question.votes,
      'at', engine.iso_time(engine.now())))))
  where (run_id, step_key, item_path) = (p_question.run_id, p_question.step_key, p_question.item_path);
  perform engine.release_checks((p_question.run_id, p_question.step_key, p_question.item_path)::engine.step_ref);
end $$;
