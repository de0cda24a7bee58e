-- Before a run of a workflow whose concurrency does not queue: refuses the start when as many runs of its key are open as may be, or asks the
-- oldest of them to end. Called by engine.start_run_as; whoever starts a run of the same key meanwhile waits for this one.
create function engine.make_room(p_workflow uuid, p_concurrency jsonb, p_input jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  key constant text := engine.key_of(p_concurrency -> 'parts', p_input);
  most constant int := (p_concurrency ->> 'limit')::int;
  open_runs uuid[];
begin
  perform pg_advisory_xact_lock(hashtextextended('start:' || p_workflow || ':' || key, 1));
  open_runs := array(
    select id from public.runs
    where workflow_id = p_workflow and limit_key = key and finished_at is null and cancel_requested_at is null order by created_at, id);
  if cardinality(open_runs) < most then
    return;
  end if;
  if p_concurrency ->> 'whenFull' = 'refuse' then
    perform engine.raise('RB429', format('The key "%s" of this workflow has %s of %s runs under way.', key, cardinality(open_runs), most),
      'Start it again when one has ended.', p_headers => '{"Retry-After": "5"}');
  end if;
  insert into engine.deliveries (run_id, kind) select id, 'cancel' from unnest(open_runs[:cardinality(open_runs) - most + 1]) as id;
end $$;
