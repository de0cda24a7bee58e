-- The schema of the machine, which no API exposes, and the role the workers log in as. Its password is set by the host;
-- without one nobody can log in as it.
create schema if not exists engine;

do $$
begin
  if not exists (select from pg_roles where rolname = 'runboard_engine') then
    create role runboard_engine nologin noinherit;
  end if;
end $$;

-- Nobody logs in as this one: engine.query_rows runs with its rights, which are to read a workspace's runs and nothing else. Whoever
-- migrates has to be a member to give it that function.
do $$
begin
  if not exists (select from pg_roles where rolname = 'runboard_verifier') then
    create role runboard_verifier nologin noinherit;
  end if;
  execute format('grant runboard_verifier to %I', current_user);
end $$;

revoke all on schema engine from public;
grant usage on schema engine to runboard_engine;
