-- Looks at the runs a canary stage has set going. Returns what it means: `stopped` and why, when one failed with the same code again; `wait`
-- while some have not ended; `go` when all have.
create function engine.watch_canary(p_operation uuid, out verdict text, out reason text)
language plpgsql set search_path = ''
as $$
declare
  still_open int;
begin
  with ended as (
    update public.operation_runs as one set watched = false
    from public.runs as run
    where one.operation_id = p_operation and one.watched and run.id = one.made and run.finished_at is not null
    returning run.id, run.status, run.title, run.error ->> 'code' as code, one.prior_code
  )
  select format('"%s" failed again with %s.', title, code) into reason from ended where status = 'failed' and code = prior_code limit 1;
  select count(*) into still_open from public.operation_runs where operation_id = p_operation and watched;
  verdict := case when reason is not null then 'stopped' when still_open > 0 then 'wait' else 'go' end;
end $$;
