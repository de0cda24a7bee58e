-- Refuses a verdict the question does not offer, from somebody it does not ask, or with a payload it does not let people edit.
create function engine.check_verdict(p_question public.approvals, p_actor uuid, p_verdict text, p_payload jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  offered constant text[] := case p_question.purpose
    when 'reconcile' then array['do_it_again', 'treat_as_done', 'fail'] else array['approved', 'rejected'] end;
begin
  perform engine.check_asked(p_question, p_actor);
  if p_question.purpose = 'form' then
    perform engine.raise('RB422', 'This is a form, so it is not decided.', 'Fill it in with submit_form.');
  end if;
  if p_verdict is null or p_verdict <> all (offered) then
    perform engine.raise(
      'RB422', format('"%s" is no answer to this question.', coalesce(p_verdict, '')), 'Answers: ' || array_to_string(offered, ', ') || '.');
  end if;
  if p_question.purpose in ('approval', 'verifier') and p_payload is not null and p_question.editable is null
    and p_payload is distinct from p_question.payload then
    perform engine.raise('RB422', 'The data of this question cannot be edited.', 'Decide without changing it.');
  end if;
  if p_question.purpose = 'approval' and p_payload is not null and p_question.editable is not null then
    perform engine.check_input(p_question.editable, p_payload);
  end if;
end $$;
