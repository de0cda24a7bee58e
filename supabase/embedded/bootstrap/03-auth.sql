-- Who is asking, as Supabase's policies expect it. The claim of its own wins over the whole document.
create or replace function auth.jwt() returns jsonb language sql stable set search_path = ''
as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;

create or replace function auth.uid() returns uuid language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create or replace function auth.role() returns text language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create or replace function auth.email() returns text language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

grant execute on function auth.jwt(), auth.uid(), auth.role(), auth.email() to public;

-- On a hosted project the `postgres` role may read, reference and put triggers on these tables without owning them.
do $$
declare
  relation regclass;
begin
  for relation in
    select c.oid::regclass from pg_class c where c.relnamespace = 'auth'::regnamespace and c.relkind in ('r', 'p')
  loop
    execute format('alter table %s owner to supabase_auth_admin', relation);
    execute format('grant all on table %s to postgres', relation);
  end loop;
end $$;

-- @supabase/lite 0.10.0 stores these documents as JSON text inside a JSON string, so that `->>` finds nothing in them.
-- Migrations written for Supabase expect objects; lite reads either.
create or replace function auth.unwrap_documents() returns trigger language plpgsql set search_path = ''
as $$
declare
  document constant jsonb := to_jsonb(new);
  field text;
  fixed jsonb := '{}';
begin
  foreach field in array array['raw_app_meta_data', 'raw_user_meta_data', 'identity_data'] loop
    if jsonb_typeof(document -> field) = 'string' then
      fixed := fixed || jsonb_build_object(field, (document ->> field)::jsonb);
    end if;
  end loop;
  return case when fixed = '{}' then new else jsonb_populate_record(new, fixed) end;
end $$;

create or replace trigger a_unwrap_documents before insert or update on auth.users
  for each row execute function auth.unwrap_documents();
create or replace trigger a_unwrap_documents before insert or update on auth.identities
  for each row execute function auth.unwrap_documents();
