-- Forgets files that a worker has deleted.
create function engine.files_removed(p_paths text[])
returns int language plpgsql security definer set search_path = ''
as $$
declare
  forgotten int;
begin
  delete from engine.file_removals where path = any (p_paths);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
