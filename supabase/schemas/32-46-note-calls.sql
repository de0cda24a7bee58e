-- Takes from a worker how calls to hosts ended, [{workspaceId, host, failed, answered, probed}], and answers with all hosts whose breaker is
-- open, [{workspaceId, host}]. Without calls it only answers.
create function engine.note_calls(p_calls jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  -- In one order, so that two workers never wait for each other.
  perform engine.count_calls("workspaceId", left(host, 255), failed, answered, probed)
  from (
    select "workspaceId", host, sum(failed)::int as failed, sum(answered)::int as answered, bool_or(probed) as probed
    from jsonb_to_recordset(p_calls) as call ("workspaceId" uuid, host text, failed int, answered int, probed boolean)
    group by "workspaceId", host order by "workspaceId", host
  ) as called;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('workspaceId', workspace_id, 'host', host)), '[]')
    from (select workspace_id, host from engine.breakers where opened_at is not null limit 10000) as broken);
end $$;
