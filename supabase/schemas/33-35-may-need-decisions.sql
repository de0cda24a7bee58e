-- Whether a version has steps whose effects must not happen twice, so that a retry has to look at what its steps did. Most have none.
create function engine.may_need_decisions(p_workflow uuid, p_version int)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return exists (
    select from engine.plan_steps where (workflow_id, version) = (p_workflow, p_version) and effect = 'at_most_once');
end $$;
