-- The engine's clock: the database's, moved by the setting `engine.clock_offset` in tests. Leases, retries and timers use only this.
create function engine.now()
returns timestamptz language plpgsql volatile set search_path = ''
as $$
declare
  clock_offset constant text := nullif(current_setting('engine.clock_offset', true), '');
begin
  if clock_offset is null then
    return clock_timestamp();
  end if;
  return clock_timestamp() + clock_offset::interval;
end $$;
