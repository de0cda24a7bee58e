-- The runs an operation is about, newest first: those its filter names and its verb can do something with. Filter: workflow, lane, status (one
-- or a list), error_code, ids, from, to (times of creation). A retry by filter leaves out runs another run waits for, and runs that were
-- retried as a new run already; named by id they are taken.
create function engine.match_runs(p_workspace uuid, p_verb text, p_mode text, p_filter jsonb)
returns setof uuid language plpgsql stable set search_path = ''
as $$
declare
  statuses constant text[] := case jsonb_typeof(p_filter -> 'status')
    when 'array' then array(select jsonb_array_elements_text(p_filter -> 'status')) when 'string' then array[p_filter ->> 'status'] end;
  ids constant uuid[] := case when p_filter ? 'ids' then array(select id::uuid from jsonb_array_elements_text(p_filter -> 'ids') as id) end;
begin
  return query
  select run.id from public.runs as run
  where run.workspace_id = p_workspace
    and (ids is null or run.id = any (ids))
    and (not p_filter ? 'workflow' or run.workflow_id = (p_filter ->> 'workflow')::uuid)
    and (not p_filter ? 'lane' or run.lane = p_filter ->> 'lane')
    and (statuses is null or run.status = any (statuses))
    and (not p_filter ? 'error_code' or run.error ->> 'code' = p_filter ->> 'error_code')
    and (not p_filter ? 'from' or run.created_at >= (p_filter ->> 'from')::timestamptz)
    and (not p_filter ? 'to' or run.created_at < (p_filter ->> 'to')::timestamptz)
    and case
      when p_verb <> 'retry' then run.finished_at is null
      when run.finished_at is null or (run.status = 'succeeded' and p_mode = 'resume') then false
      else ids is not null or (run.parent_run_id is null and not exists (select from public.runs as later where later.retry_of = run.id))
    end
  order by run.created_at desc, run.id;
end $$;
