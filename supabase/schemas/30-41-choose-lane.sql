-- The lane of a new run: the one asked for, or for `auto` an idle lane, else the one with the shortest queue, ties by position.
create function engine.choose_lane(p_workspace uuid, p_wanted text)
returns text language plpgsql set search_path = ''
as $$
declare
  chosen text;
begin
  if coalesce(p_wanted, 'auto') = 'auto' then
    select lane.name into chosen
    from public.lanes as lane
    where lane.workspace_id = p_workspace
    order by lane.paused, (
      select count(*) from public.runs as run
      where run.workspace_id = p_workspace and run.lane = lane.name and run.finished_at is null
    ), lane.position limit 1;
  else
    select name into chosen from public.lanes where workspace_id = p_workspace and (name = p_wanted or lower(title) = lower(p_wanted))
    order by name = p_wanted desc limit 1;
  end if;
  if chosen is null then
    perform engine.raise('RB422', format('There is no lane "%s" in this workspace.', p_wanted), 'Choose one of the lanes shown, or auto.');
  end if;
  return chosen;
end $$;
