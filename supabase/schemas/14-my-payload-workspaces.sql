-- The workspaces in which the caller may see inputs, outputs, calls, logs and files; policies call it once per query.
create function engine.my_payload_workspaces()
returns uuid[] language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(workspace_id), '{}')
  from public.members
  where user_id = engine.current_user_id() and may_see_payloads
$$;
