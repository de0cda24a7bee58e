-- Refuses an answer from somebody the question does not ask: people it names, or members with one of its roles.
create function engine.check_asked(p_question public.approvals, p_actor uuid)
returns void language plpgsql set search_path = ''
as $$
declare
  least_role text;
begin
  if coalesce(p_question.approvers -> 'users' ? p_actor::text, false) then
    return;
  end if;
  select role into least_role from jsonb_array_elements_text(p_question.approvers -> 'roles') as asked (role)
  order by engine.role_rank(role) limit 1;
  if least_role is null then
    perform engine.raise('RB403', 'This question is for other people.', 'Ask one of those it names.');
  end if;
  perform engine.require_role(p_question.workspace_id, least_role, 'question', p_actor);
end $$;
