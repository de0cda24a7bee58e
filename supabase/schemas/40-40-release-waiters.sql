-- Lets waiting runs try again when a lane's limit or pause changes.
create function engine.release_lane_waiters()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if not new.paused then
    -- What was admitted waits for a lane only while that is paused. Such a run may show another wait, or still be running; and it may be about
    -- to be held by a claim that read the lane before this: so all of them are locked, before the lane's gate as everywhere.
    perform engine.release_held(array(
      select id from public.runs
      where workspace_id = new.workspace_id and lane = new.name and admitted_at is not null and finished_at is null
      order by id for no key update), 'lane');
  end if;
  perform engine.release_lane(new.workspace_id, new.name);
  return null;
end $$;

create trigger lanes_release_waiters after update on public.lanes
  for each row when (new.wip_limit is distinct from old.wip_limit or new.paused <> old.paused)
  execute function engine.release_lane_waiters();

-- Lets paused runs try again when their workflow's pause ends.
create function engine.release_workflow_waiters()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  perform engine.release_held(array(
    select id from public.runs
    where workflow_id = new.id and finished_at is null and paused_at is null and (counts -> 'waiting')::int > 0
    order by id for no key update), 'limit', 'pause');
  return null;
end $$;

create trigger workflows_release_waiters after update on public.workflows
  for each row when (old.status = 'paused' and new.status <> 'paused')
  execute function engine.release_workflow_waiters();
