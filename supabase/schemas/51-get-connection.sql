-- A connection with its sealed secret, for a worker that is about to use it; null when there is none of that name.
create function engine.get_connection(p_workspace uuid, p_slug text)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  found jsonb;
begin
  select jsonb_build_object(
    'id', connections.id, 'slug', connections.slug, 'kind', connections.kind, 'baseUrl', connections.base_url,
    'hosts', to_jsonb(connections.hosts), 'config', connections.config, 'secret', secrets.sealed
  ) into found
  from public.connections
  left join engine.connection_secrets as secrets on secrets.connection_id = connections.id
  where connections.workspace_id = p_workspace and connections.slug = p_slug;
  return found;
end $$;
