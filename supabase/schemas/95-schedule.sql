-- The clock of a hosted project: every five seconds, if pg_cron and pg_net can be had. Elsewhere the host's own timer does this.
do $$
begin
  if (select count(*) from pg_available_extensions where name in ('pg_cron', 'pg_net')) < 2 then
    return;
  end if;
  execute 'create extension if not exists pg_net with schema extensions';
  execute 'create extension if not exists pg_cron with schema pg_catalog';
  execute $sql$ select cron.schedule('runboard-poke-workers', '5 seconds', 'select engine.poke_workers()') $sql$;
exception when others then
  -- The migration must not fail for it: self-hosters may have the files of pg_cron but not its preloaded library.
  raise warning 'The five-second schedule was not set up: %', sqlerrm;
end $$;
