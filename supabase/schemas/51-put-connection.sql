-- Makes or changes a connection: `p_connection` {slug, kind, title, baseUrl, hosts, config, limits?}, `p_secret` a sealed secret or null to
-- keep the stored one. A stored secret never follows a connection to other hosts: they need it given again. Returns the row.
create function engine.put_connection(p_user uuid, p_workspace uuid, p_connection jsonb, p_secret jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  given constant jsonb := jsonb_strip_nulls(p_connection);
  given_slug constant text := given ->> 'slug';
  given_hosts constant text[] := array(select jsonb_array_elements_text(coalesce(given -> 'hosts', '[]')));
  seals constant boolean := jsonb_typeof(p_secret) = 'object';
  before public.connections;
  after public.connections;
begin
  perform engine.require_role(p_workspace, 'editor', 'workspace', p_user);
  select * into before from public.connections where workspace_id = p_workspace and slug = given_slug for update;
  if before.has_secret and not coalesce(seals, false) and (
    before.kind <> given ->> 'kind' or before.base_url is distinct from given ->> 'baseUrl' or not given_hosts <@ before.hosts
  ) then
    perform engine.raise('RB422', 'The connection would take its stored secret to another address.', 'Enter the secret again.');
  end if;
  begin
    insert into public.connections (workspace_id, slug, kind, title, base_url, hosts, config, has_secret, limits, created_by)
    values (
      p_workspace, given_slug, given ->> 'kind', coalesce(given ->> 'title', given_slug), given ->> 'baseUrl', given_hosts,
      coalesce(given -> 'config', '{}'), coalesce(seals, false), given -> 'limits', p_user
    )
    on conflict (workspace_id, slug) do update
    set
      kind = excluded.kind, title = excluded.title, base_url = excluded.base_url, hosts = excluded.hosts,
      config = excluded.config, limits = case when p_connection ? 'limits' then excluded.limits else connections.limits end, has_secret = connections.has_secret or excluded.has_secret, status = 'active'
    returning * into after;
  exception when check_violation or not_null_violation then
    perform engine.raise('RB422', 'The connection cannot take these values.',
      'Slug: lower-case letters, digits and -; kind: http, mcp, anthropic, openai, openai-compatible or signing; address: http:// or https://.');
  end;
  if seals then
    insert into engine.connection_secrets (connection_id, sealed) values (after.id, p_secret)
    on conflict (connection_id) do update
    set sealed = excluded.sealed, version = connection_secrets.version + 1, updated_at = clock_timestamp();
  end if;
  perform engine.write_audit(p_workspace, p_user,
    case when before.id is null then 'connection.created' else 'connection.changed' end, given_slug,
    jsonb_build_object('kind', after.kind, 'hosts', to_jsonb(after.hosts), 'secretGiven', coalesce(seals, false)));
  return to_jsonb(after);
end $$;
