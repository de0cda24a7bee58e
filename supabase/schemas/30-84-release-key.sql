-- Lets runs that wait for a place at their key try again, as many as there is room for; the next claim decides. Called when a run of the key
-- ends, and by the sweep.
create function engine.release_key(p_workflow uuid, p_key text)
returns void language plpgsql set search_path = ''
as $$
declare
  room int;
begin
  perform engine.await_gate('key:' || p_workflow || ':' || p_key);
  select max(limit_max) into room from public.runs
  where workflow_id = p_workflow and limit_key = p_key and admitted_at is null and finished_at is null;
  if room is null then
    return;
  end if;
  room := room - (select count(*) from public.runs where workflow_id = p_workflow and limit_key = p_key and admitted_at is not null);
  perform engine.release_held(array(
    select id from public.runs
    where workflow_id = p_workflow and limit_key = p_key and admitted_at is null and finished_at is null
      and waiting_for ->> 'ref' = 'key:' || p_key
    order by priority, created_at, id limit greatest(room, 0) for no key update skip locked), 'limit', 'key:' || p_key);
end $$;
