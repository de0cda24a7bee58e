-- Who may join and send on Realtime's private topics. Realtime asks these policies with the caller's token and `realtime.topic()`.
do $$
begin
  if to_regclass('realtime.messages') is null then
    raise notice 'There is no realtime.messages; live updates stay closed.';
    return;
  end if;
  execute $policy$
    create policy runboard_members_receive on realtime.messages for select to authenticated
      using (extension in ('broadcast', 'presence') and (select engine.may_receive(realtime.topic())))
  $policy$;
  execute $policy$
    create policy runboard_editors_send on realtime.messages for insert to authenticated
      with check (extension in ('broadcast', 'presence') and (select engine.may_send(realtime.topic())))
  $policy$;
end $$;
