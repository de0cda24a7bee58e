-- Looks for runs that wait at a key that has room: one that was busy when a place got free was passed over then. Called by the sweep.
create function engine.release_keys()
returns void language plpgsql set search_path = ''
as $$
begin
  perform engine.release_key(held.workflow_id, held.limit_key)
  from (
    select workflow_id, limit_key, max(limit_max) as most from public.runs
    where limit_key is not null and admitted_at is null and finished_at is null and waiting_for ->> 'ref' = 'key:' || limit_key
    group by workflow_id, limit_key
  ) as held
  where most > (
    select count(*) from public.runs as other
    where other.workflow_id = held.workflow_id and other.limit_key = held.limit_key and other.admitted_at is not null);
end $$;
