-- Adds one audit row: who (null: the system) did what (verb) to what (subject). The head's row lock numbers the rows and is held
-- until commit, so verbs call this last.
create function engine.write_audit(p_workspace uuid, p_actor uuid, p_verb text, p_subject text, p_data jsonb default '{}')
returns void language plpgsql set search_path = ''
as $$
declare
  head engine.audit_heads;
  this_hash text;
  this_at constant timestamptz := clock_timestamp();
begin
  insert into engine.audit_heads (workspace_id, n, hash) values (p_workspace, 0, repeat('0', 64))
  on conflict (workspace_id) do nothing;
  select * into head from engine.audit_heads where workspace_id = p_workspace for update;
  this_hash := engine.audit_hash(
    p_workspace, head.n + 1, p_actor, p_verb, p_subject, coalesce(p_data, '{}'), this_at, head.hash
  );
  insert into public.audit_log (workspace_id, n, actor, verb, subject, data, at, prev_hash, hash)
  values (p_workspace, head.n + 1, p_actor, p_verb, p_subject, coalesce(p_data, '{}'), this_at, head.hash, this_hash);
  update engine.audit_heads set n = head.n + 1, hash = this_hash where workspace_id = p_workspace;
end $$;
