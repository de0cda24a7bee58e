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

-- As for the tables of Auth: lite stores these documents as text inside a JSON string.
create or replace function storage.unwrap_documents() returns trigger language plpgsql set search_path = ''
as $$
begin
  if jsonb_typeof(new.metadata) = 'string' then
    new.metadata := (new.metadata #>> '{}')::jsonb;
  end if;
  if jsonb_typeof(new.user_metadata) = 'string' then
    new.user_metadata := (new.user_metadata #>> '{}')::jsonb;
  end if;
  return new;
end $$;

create or replace trigger a_unwrap_documents before insert or update on storage.objects
  for each row execute function storage.unwrap_documents();
