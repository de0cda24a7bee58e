-- Whether an account has one of these roles in a workspace; the account is the caller unless named.
create function engine.has_role(p_workspace uuid, p_roles text[], p_user uuid default engine.current_user_id())
returns boolean language sql stable set search_path = ''
as $$
  select exists (
    select from public.members where workspace_id = p_workspace and user_id = p_user and role = any (p_roles)
  )
$$;
