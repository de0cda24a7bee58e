-- Rows of one read-only query of an sql verifier over the runs of a workspace, as a JSON array. Behind the check of its text stand, each by
-- itself: a cursor, which takes one select; a stable function, in which nothing is written; an owner who may only read, and by row security
-- only the workspace; a caller who sets a time limit. The parameters are `$1`. Called by a worker for a check.
create function engine.query_rows(p_workspace uuid, p_query text, p_params jsonb)
returns jsonb language plpgsql stable security definer set search_path = '' set standard_conforming_strings = on
as $$
declare
  problem constant text := engine.query_problem(p_query);
  answer refcursor;
  one record;
  rows jsonb[] := '{}';
  bytes int := 0;
begin
  if problem is not null then
    perform engine.raise('RB422', 'The query is refused: ' || problem);
  end if;
  -- The policies compare with this setting, so it must still be what we set when the last row has come.
  perform set_config('runboard.workspace', p_workspace::text, true), set_config('search_path', 'public', true);
  open answer no scroll for execute p_query using p_params;
  loop
    fetch answer into one;
    exit when not found;
    bytes := bytes + length(to_jsonb(one)::text);
    if cardinality(rows) >= 1000 or bytes > 262144 then
      perform engine.raise('RB413', 'The query gives more than 1,000 rows or 256 KB.', 'Count or filter in the query.');
    end if;
    rows := rows || to_jsonb(one);
  end loop;
  close answer;
  if current_setting('runboard.workspace', true) is distinct from p_workspace::text then
    perform engine.raise('RB422', 'The query is refused: it changed what it may see.');
  end if;
  perform set_config('runboard.workspace', '', true);
  return to_jsonb(rows);
end $$;
