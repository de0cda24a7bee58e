-- The bucket of large outputs and files, `<workspace>/<run>/…`: content, so reading needs the payload right. Only the workers write,
-- with the service's own key.
do $$
begin
  if to_regclass('storage.objects') is null or to_regclass('storage.buckets') is null then
    raise notice 'There is no storage schema; outputs over 64 KB cannot be kept.';
    return;
  end if;
  insert into storage.buckets (id, name, public) values ('runs', 'runs', false)
  on conflict (id) do update set public = false;
  execute $policy$
    create policy runboard_payload_readers_read on storage.objects for select to authenticated
      using (
        bucket_id = 'runs'
        and engine.uuid_or_null(split_part(name, '/', 1)) = any ((select engine.my_payload_workspaces())::uuid[])
      )
  $policy$;
end $$;
