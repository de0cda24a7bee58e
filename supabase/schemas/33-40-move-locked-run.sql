-- Moves a locked run to another lane and returns the lane's name; what waited for the old lane, or for room in it, goes on.
create function engine.move_locked_run(p_run public.runs, p_lane text)
returns text language plpgsql set search_path = ''
as $$
declare
  wanted constant text := engine.choose_lane(p_run.workspace_id, p_lane);
begin
  if p_run.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so it stays where it is.', 'Retry it in another lane instead.');
  end if;
  update public.runs set lane = wanted, last_move = 'run.updated' where id = p_run.id;
  if wanted <> p_run.lane then
    update public.steps set lane = wanted where run_id = p_run.id and finished_at is null;
    perform engine.release_held(array[p_run.id], 'lane');
    perform engine.release_lane(p_run.workspace_id, p_run.lane);
  end if;
  return wanted;
end $$;
