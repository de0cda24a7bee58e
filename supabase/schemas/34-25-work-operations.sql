-- Takes the operations under way further by one slice each, those first that waited longest. Called by the sweep; returns how many runs it did
-- something about, so that who sweeps comes back while there is more.
create function engine.work_operations()
returns int language plpgsql set search_path = ''
as $$
declare
  operation public.operations;
  counted int := 0;
begin
  for operation in
    select * from public.operations where status = 'running' order by touched_at limit 4 for update skip locked
  loop
    counted := counted + engine.work_operation(operation, 100);
  end loop;
  return counted;
end $$;
