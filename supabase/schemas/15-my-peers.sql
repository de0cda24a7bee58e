-- The caller and everybody who shares a workspace with them; the policy of profiles calls it once per query.
create function engine.my_peers()
returns uuid[] language sql stable security definer set search_path = ''
as $$
  select coalesce(array_agg(distinct user_id), '{}')
  from (
    select engine.current_user_id() as user_id where engine.current_user_id() is not null
    union all
    select user_id from public.members where workspace_id = any (engine.my_workspaces())
  ) as peers
$$;
