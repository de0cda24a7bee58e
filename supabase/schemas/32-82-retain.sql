-- Removes a slice of runs past their retention with all that hangs off them, and notes their files for removal. Open runs are never among
-- them. Returns how many; called by the sweep, and by operators who want to wait less.
create function engine.retain(p_limit int default 200)
returns int language plpgsql security definer set search_path = ''
as $$
declare
  old uuid[] := engine.runs_past_retention(p_limit);
  removed int;
begin
  -- A resume in the meantime holds the run or has opened it again.
  old := array(
    select id from public.runs where id = any (old) and finished_at is not null order by id for update skip locked);
  if cardinality(old) = 0 then
    return 0;
  end if;
  if to_regclass('storage.objects') is not null then
    insert into engine.file_removals (path, due_at)
    select object.name, engine.now() from public.runs as run
    join storage.objects as object on object.bucket_id = 'runs'
      and object.name >= run.workspace_id || '/' || run.id || '/' and object.name < run.workspace_id || '/' || run.id || '0'
    where run.id = any (old)
    on conflict do nothing;
  end if;
  delete from public.runs where id = any (old);
  get diagnostics removed = row_count;
  return removed;
end $$;
