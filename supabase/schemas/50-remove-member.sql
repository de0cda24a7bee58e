-- Takes an account out of a workspace: owners anybody, others themselves.
create function public.remove_member(workspace uuid, member uuid)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(
    workspace, case when member = engine.current_user_id() then 'viewer' else 'owner' end
  );
begin
  perform engine.lock_members(workspace, member, null);
  delete from public.members where workspace_id = workspace and user_id = member;
  perform engine.write_audit(workspace, actor, 'member.removed', member::text);
  return jsonb_build_object('removed', member);
end $$;
