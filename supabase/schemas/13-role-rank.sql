-- Orders the roles: a higher rank may do everything a lower one may; null for a word that is no role.
create function engine.role_rank(p_role text)
returns int language sql immutable set search_path = ''
as $$
  select array_position(array['viewer', 'operator', 'editor', 'owner'], p_role)
$$;
