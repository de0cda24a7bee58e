-- Raises one of engine.error_codes with what happened and why (message) and what to do next (hint); every verb calls it.
-- `p_headers` go with the answer to a request that came through REST.
--
-- PostgREST answers 400 to a SQLSTATE it does not know, and @supabase/lite answers 500 and drops code and hint. Both honour the
-- SQLSTATE `PGRST`, whose message and detail are the answer's body and status. Both set `request.method` for each call of a
-- function, so that form is used exactly when it is set.
create function engine.raise(p_code text, p_message text, p_hint text default null, p_details text default null, p_headers jsonb default '{}')
returns void language plpgsql set search_path = ''
as $$
declare
  known_status int;
begin
  if coalesce(current_setting('request.method', true), '') = '' then
    raise exception using errcode = p_code, message = p_message, hint = coalesce(p_hint, ''), detail = coalesce(p_details, '');
  end if;
  select status into known_status from engine.error_codes where code = p_code;
  raise exception using
    errcode = 'PGRST',
    message = jsonb_build_object('code', p_code, 'message', p_message, 'hint', p_hint, 'details', p_details)::text,
    detail = jsonb_build_object('status', coalesce(known_status, 400), 'headers', p_headers)::text;
end $$;
