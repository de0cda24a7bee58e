-- Deletes a connection with its secret and tools. Steps that name it fail with a clear error until it exists again.
create function public.delete_connection(workspace uuid, slug text)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'editor');
begin
  delete from public.connections where workspace_id = workspace and connections.slug = delete_connection.slug;
  if not found then
    perform engine.raise('RB404', format('There is no connection "%s" in this workspace.', delete_connection.slug),
      'It may have been deleted already; reload the list.');
  end if;
  perform engine.write_audit(workspace, actor, 'connection.deleted', delete_connection.slug);
  return jsonb_build_object('deleted', delete_connection.slug);
end $$;
