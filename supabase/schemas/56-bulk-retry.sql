-- Retries every run that matches a filter (see engine.match_runs), as an operation worked off in the background. Options: mode, step, version
-- as in retry_run; canary: one run, then 5 %, then all, stopping when one fails again with the same code; preview: only count. Operators.
create function public.bulk_retry(workspace uuid, filter jsonb, options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  return engine.start_operation(workspace, 'retry', filter, options);
end $$;
