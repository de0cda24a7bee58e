do $$
declare
  relation regclass;
begin
  for relation in
    select c.oid::regclass from pg_class c where c.relnamespace = 'storage'::regnamespace and c.relkind in ('r', 'p')
  loop
    execute format('alter table %s owner to supabase_storage_admin', relation);
    execute format('alter table %s enable row level security', relation);
    execute format('grant all on table %s to anon, authenticated, service_role, postgres', relation);
  end loop;
end $$;
