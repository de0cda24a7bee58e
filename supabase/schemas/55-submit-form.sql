-- Sends in an open form: checks the values against its schema and lets the step go on with them. Needs one of the form's roles, or to be
-- named in it; the first one to send it in decides.
create function public.submit_form(approval uuid, answers jsonb)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  question public.approvals;
  actor uuid;
  given jsonb;
  step engine.step_ref;
begin
  select * into question from public.approvals where id = approval;
  actor := engine.require_role(question.workspace_id, 'viewer', 'form');
  perform engine.check_asked(question, actor);
  if question.purpose <> 'form' then
    perform engine.raise('RB422', 'This question is no form.', 'Decide it with decide_approval.');
  end if;
  if octet_length(answers::text) > 65536 then
    perform engine.raise('RB413', 'The form''s values are larger than 64 KB.', 'Shorten them.');
  end if;
  given := engine.fill_defaults(question.form, answers);
  if jsonb_typeof(given) is distinct from 'object' then
    perform engine.raise('RB422', 'The values of a form must be a JSON object.', 'Send one field per question.');
  end if;
  perform engine.check_value(question.form, given, '');
  perform from public.runs where id = question.run_id for no key update;
  select * into question from public.approvals where id = approval for update;
  if question.status <> 'open' then
    perform engine.raise('RB409', format('The form is not open any more: %s.', question.status), 'Reload to see by whom.');
  end if;
  update public.approvals set status = 'submitted', decided_at = engine.now(),
    votes = jsonb_build_array(jsonb_build_object('by', actor, 'verdict', 'submitted', 'at', engine.iso_time(engine.now()))),
    response = jsonb_build_object('by', actor, 'values', given)
  where id = approval;
  perform engine.write_audit(question.workspace_id, actor, 'form.submitted', approval::text,
    jsonb_build_object('run', question.run_id, 'step', question.step_key));
  step := (question.run_id, question.step_key, question.item_path)::engine.step_ref;
  perform engine.complete_step(step, null, jsonb_build_object('values', given, 'by', actor));
  perform engine.finish_waits(array[step]);
  return jsonb_build_object('status', 'submitted');
end $$;
