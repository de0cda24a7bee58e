-- Lets runs that wait for a lane try again, as many as it has room for; the next claim decides. Called when a run leaves the lane and when
-- the lane's limit or pause changes.
create function engine.release_lane(p_workspace uuid, p_lane text)
returns void language plpgsql set search_path = ''
as $$
declare
  room int;
  freed uuid[];
begin
  if not exists (
    select from public.runs where workspace_id = p_workspace and lane = p_lane and waiting_for ->> 'kind' = 'lane'
  ) then
    return;
  end if;
  select case when paused then 0 else coalesce(wip_limit, 1000) end into room
  from public.lanes where workspace_id = p_workspace and name = p_lane for no key update;
  room := room - (select count(*) from public.runs where workspace_id = p_workspace and lane = p_lane and admitted_at is not null
    and not coalesce(waiting_for ->> 'kind' = 'lane', false));
  freed := array(
    select id from public.runs
    where workspace_id = p_workspace and lane = p_lane and waiting_for ->> 'kind' = 'lane'
    order by admitted_at is null, priority, created_at, id limit greatest(room, 0) for no key update skip locked);
  perform engine.release_held(freed, 'lane');
end $$;
