-- The roles a Supabase project is born with. Passwords are set by the host; roles without one cannot log in.
do $$
declare
  wanted constant text[][] := array[
    array['anon', 'nologin noinherit'],
    array['authenticated', 'nologin noinherit'],
    array['service_role', 'nologin noinherit bypassrls'],
    array['authenticator', 'nologin noinherit'],
    array['postgres', 'login createdb createrole replication bypassrls'],
    array['supabase_auth_admin', 'nologin noinherit createrole'],
    array['supabase_storage_admin', 'nologin noinherit createrole'],
    array['supabase_realtime_admin', 'nologin noinherit'],
    array['supabase_gateway', 'login replication']
  ];
  role_index int;
begin
  for role_index in 1 .. array_length(wanted, 1) loop
    if not exists (select from pg_roles where rolname = wanted[role_index][1]) then
      execute format('create role %I %s', wanted[role_index][1], wanted[role_index][2]);
    end if;
  end loop;
end $$;

grant anon, authenticated, service_role to authenticator with inherit false, set true;
grant anon, authenticated, service_role, authenticator to postgres with admin option, inherit true;
grant supabase_storage_admin, supabase_realtime_admin to postgres with inherit true, set true;

-- The embedded gateway (REST, Auth, Storage, Realtime) in one login: it owns nothing, acts as the user's role, and may
-- do on its own only what the four services do. It inherits from the API roles because REST reads the catalog through
-- information_schema, which hides what the reader may not use.
grant anon, authenticated, service_role to supabase_gateway with inherit true, set true;
grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to supabase_gateway with inherit true;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
