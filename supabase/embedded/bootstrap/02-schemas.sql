create schema if not exists extensions;
create schema if not exists auth authorization supabase_auth_admin;
create schema if not exists storage authorization supabase_storage_admin;
create schema if not exists realtime authorization supabase_realtime_admin;

create extension if not exists pgcrypto with schema extensions;

do $$
begin
  execute format('alter database %I owner to postgres', current_database());
end $$;

grant usage on schema public, auth, storage, realtime, extensions to anon, authenticated, service_role;
grant usage on schema auth, storage, realtime, extensions to postgres;
grant create on schema extensions to postgres;
grant all on schema auth to supabase_auth_admin;

alter role postgres set search_path to "$user", public, extensions;
alter role supabase_gateway set search_path to "$user", public, extensions;
