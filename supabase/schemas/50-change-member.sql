-- Changes a member's role or payload right; null leaves it as it is. Owners only.
create function public.change_member(
  workspace uuid, member uuid, role text default null, may_see_payloads boolean default null
)
returns public.members language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  changed public.members;
begin
  if role is not null then
    perform engine.check_role(role);
  end if;
  perform engine.lock_members(workspace, member, coalesce(role, (
    select members.role from public.members where workspace_id = workspace and user_id = member
  )));
  update public.members
  set
    role = coalesce(change_member.role, members.role),
    may_see_payloads = coalesce(change_member.may_see_payloads, members.may_see_payloads)
  where workspace_id = workspace and user_id = member
  returning * into changed;
  perform engine.write_audit(workspace, actor, 'member.changed', member::text,
    jsonb_build_object('role', changed.role, 'maySeePayloads', changed.may_see_payloads));
  return changed;
end $$;
