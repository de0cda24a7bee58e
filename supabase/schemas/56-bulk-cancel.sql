-- Cancels every run that matches a filter (see engine.match_runs), as an operation worked off in the background. Operators.
create function public.bulk_cancel(workspace uuid, filter jsonb, options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  return engine.start_operation(workspace, 'cancel', filter, options);
end $$;
