-- Adds an existing account to a workspace by its address. Owners only.
create function public.add_member(workspace uuid, email text, role text, may_see_payloads boolean default false)
returns public.members language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  added public.members;
begin
  perform engine.check_role(role);
  insert into public.members (workspace_id, user_id, role, may_see_payloads)
  select workspace, profiles.user_id, add_member.role, coalesce(add_member.may_see_payloads, false)
  from public.profiles where lower(profiles.email) = lower(btrim(add_member.email))
  on conflict do nothing
  returning * into added;
  if added.user_id is null then
    -- One answer for both, so that an owner cannot probe which addresses have accounts.
    perform engine.raise('RB409', 'Nobody was added: the address has no account here, or is a member already.',
      'Ask the person to sign up with this address, then add them again.');
  end if;
  perform engine.write_audit(workspace, actor, 'member.added', added.user_id::text,
    jsonb_build_object('role', added.role, 'maySeePayloads', added.may_see_payloads));
  return added;
end $$;
