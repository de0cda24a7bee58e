-- Closes every table: row security on and forced in `public`, on in `engine`, and nothing granted to anybody. A hosted project
-- grants new tables and functions to the API roles by itself, so the revokes are not idle. 94-grants.sql opens what is meant to be.
do $$
declare
  relation regclass;
  in_public boolean;
begin
  for relation, in_public in
    select oid::regclass, relnamespace = 'public'::regnamespace
    from pg_class
    where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'engine'::regnamespace)
      and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  loop
    execute format('alter table %s enable row level security', relation);
    if in_public then
      execute format('alter table %s force row level security', relation);
    end if;
    execute format('revoke all on table %s from public, anon, authenticated, service_role', relation);
  end loop;
end $$;

do $$
declare
  routine regprocedure;
begin
  for routine in
    select oid::regprocedure from pg_proc
    where pronamespace in ('public'::regnamespace, 'engine'::regnamespace)
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', routine);
  end loop;
end $$;

revoke all on all sequences in schema public, engine from public, anon, authenticated, service_role;
revoke all on schema engine from public, anon, authenticated, service_role;
revoke create on schema public from public;
