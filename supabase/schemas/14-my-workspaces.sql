-- The workspaces in which the caller has at least this role; policies call it once per query, not once per row.
create function engine.my_workspaces(p_least text default 'viewer')
returns uuid[] language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(workspace_id), '{}')
  from public.members
  where user_id = engine.current_user_id() and engine.role_rank(role) >= engine.role_rank(p_least)
$$;
