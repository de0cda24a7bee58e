-- Refuses a word that is no role; add_member and change_member call it.
create function engine.check_role(p_role text)
returns void language plpgsql set search_path = ''
as $$
begin
  if engine.role_rank(p_role) is null then
    perform engine.raise('RB422', format('"%s" is not a role.', coalesce(p_role, '')), 'Roles: owner, editor, operator, viewer.');
  end if;
end $$;
