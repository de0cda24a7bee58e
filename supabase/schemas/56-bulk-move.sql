-- Moves every run that matches a filter (see engine.match_runs) to the lane given as an option, as an operation worked off in the background.
-- Operators.
create function public.bulk_move(workspace uuid, filter jsonb, options jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  return engine.start_operation(workspace, 'move', filter, options);
end $$;
