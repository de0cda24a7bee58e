-- The steps of a set that were skipped.
create function engine.skipped_of(p_moved engine.moved[])
returns engine.step_ref[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(select (run_id, step_key, item_path)::engine.step_ref from unnest(p_moved) where status = 'skipped');
end $$;
