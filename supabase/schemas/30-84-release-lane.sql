-- Lets runs that wait for a lane try again, as many as it has room for; the next claim decides. Called when a run leaves the lane and when
-- the lane's limit or pause changes.
create function engine.release_lane(p_workspace uuid, p_lane text)
returns void language plpgsql set search_path = ''
as $$
declare
  room int;
  limited boolean;
  freed uuid[];
begin
  select case when paused then 0 else coalesce(wip_limit, 1000) end, wip_limit is not null into room, limited
  from public.lanes where workspace_id = p_workspace and name = p_lane;
  if limited then
    perform engine.await_gate('lane:' || p_workspace || ':' || p_lane);
  end if;
  if not exists (
    select from public.runs where workspace_id = p_workspace and lane = p_lane and waiting_for ->> 'kind' = 'lane'
  ) then
    return;
  end if;
  room := room - (select count(*) from public.runs where workspace_id = p_workspace and lane = p_lane and admitted_at is not null
    and not coalesce(waiting_for ->> 'kind' = 'lane', false));
  freed := array(
    select id from public.runs
    where workspace_id = p_workspace and lane = p_lane and waiting_for ->> 'kind' = 'lane'
    order by admitted_at is null, priority, created_at, id limit greatest(room, 0) for no key update skip locked);
  perform engine.release_held(freed, 'lane');
end $$;
