-- Whether the engine began to undo a run's steps.
create function engine.was_rolled_back(p_run uuid)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return exists (select from public.steps where run_id = p_run and right(step_key, 10) = '__rollback');
end $$;
