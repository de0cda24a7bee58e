-- What an sql verifier may read: the runs of the workspace it checks for, without payloads, people, credentials and plans.
grant usage on schema public to runboard_verifier;
grant usage on schema engine to runboard_verifier;
grant select on table public.workflows, public.lanes, public.runs, public.steps, public.attempts to runboard_verifier;
grant select (id, run_id, step_key, item_path, attempt, workspace_id, kind, title, mime, bytes, sha256, created_at)
  on table public.artifacts to runboard_verifier;

do $$
declare
  relation regclass;
begin
  foreach relation in array array['public.workflows', 'public.lanes', 'public.runs', 'public.steps', 'public.attempts', 'public.artifacts']::regclass[] loop
    execute format(
      'create policy verifiers_read on %s for select to runboard_verifier'
      ' using (workspace_id = nullif(current_setting(''runboard.workspace'', true), '''')::uuid)', relation);
  end loop;
end $$;

grant execute on function engine.query_problem(text), engine.raise(text, text, text, text, jsonb) to runboard_verifier;
grant create on schema engine to runboard_verifier;
alter function engine.query_rows(uuid, text, jsonb) owner to runboard_verifier;
revoke create on schema engine from runboard_verifier;
