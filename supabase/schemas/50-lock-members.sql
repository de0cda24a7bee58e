-- Lets one change of a workspace's members happen at a time, so that two owners cannot remove each other at once, and refuses a
-- change that would leave no owner; change_member and remove_member call it before they change `p_user`.
create function engine.lock_members(p_workspace uuid, p_user uuid, p_next_role text)
returns void language plpgsql set search_path = ''
as $$
begin
  perform from public.workspaces where id = p_workspace for update;
  if not exists (select from public.members where workspace_id = p_workspace and user_id = p_user) then
    perform engine.raise('RB404', 'This account is not a member of the workspace.', 'Reload the list of members.');
  end if;
  if p_next_role is distinct from 'owner' and not exists (
    select from public.members where workspace_id = p_workspace and role = 'owner' and user_id <> p_user
  ) then
    perform engine.raise('RB409', 'This is the last owner of the workspace.', 'Make somebody else an owner first.');
  end if;
end $$;
