-- Ends the verb unless the account has at least this role in the workspace, and returns the account. A workspace that does not
-- exist and one the account is no member of get the same answer: RB404, about `p_what`. Every verb calls it first.
create function engine.require_role(
  p_workspace uuid,
  p_least text,
  p_what text default 'workspace',
  p_user uuid default engine.current_user_id()
)
returns uuid language plpgsql stable set search_path = ''
as $$
declare
  actual_role text;
begin
  if p_user is null then
    perform engine.raise('RB401', 'Nobody is signed in.', 'Sign in and try again.');
  end if;
  select role into actual_role from public.members where workspace_id = p_workspace and user_id = p_user;
  if actual_role is null then
    perform engine.raise(
      'RB404',
      format('There is no such %s, or you are not a member of its workspace.', p_what),
      'Check the address, or ask an owner of the workspace to add you.'
    );
  end if;
  if engine.role_rank(actual_role) < engine.role_rank(p_least) then
    perform engine.raise(
      'RB403',
      format('Your role here is %s; this needs %s.', actual_role, p_least),
      'Ask an owner of the workspace for the role.'
    );
  end if;
  return p_user;
end $$;
