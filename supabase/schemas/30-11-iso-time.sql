-- A time as core's `Time`: ISO 8601, UTC, milliseconds.
create function engine.iso_time(p_at timestamptz)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end $$;
