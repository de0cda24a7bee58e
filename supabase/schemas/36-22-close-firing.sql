-- Closes a firing that started no run, with the reason. Returns the answer of whoever tried.
create function engine.close_firing(p_firing bigint, p_error jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
begin
  update public.firings set status = 'failed', error = p_error, closed_at = engine.now() where id = p_firing;
  return jsonb_build_object('outcome', 'failed', 'error', p_error);
end $$;
