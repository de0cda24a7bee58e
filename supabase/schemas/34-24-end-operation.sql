-- Ends an operation that is under way. What it has not come to stays as it is.
create function engine.end_operation(p_operation uuid, p_status text, p_reason text)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.operations set status = p_status, reason = p_reason, finished_at = engine.now()
  where id = p_operation and status = 'running';
  update public.operation_runs set watched = false where operation_id = p_operation and watched;
end $$;
