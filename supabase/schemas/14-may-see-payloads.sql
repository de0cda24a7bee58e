-- Whether the caller may see inputs, outputs, calls, logs and files of a workspace.
create function engine.may_see_payloads(p_workspace uuid)
returns boolean language sql stable set search_path = ''
as $$
  select exists (
    select from public.members
    where workspace_id = p_workspace and user_id = engine.current_user_id() and may_see_payloads
  )
$$;
