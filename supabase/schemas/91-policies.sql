-- Who reads which rows. There are no policies for writing: people write through verbs only. The functions are called once per query,
-- because a sub-select without references to the row is evaluated once.

create policy peers_read on public.profiles for select to authenticated
  using (user_id = any ((select engine.my_peers())::uuid[]));

create policy members_read on public.workspaces for select to authenticated
  using (id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.members for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.lanes for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.workflows for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.drafts for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.versions for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.connections for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.tools for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));

create policy owners_read on public.audit_log for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces('owner'))::uuid[]));

create policy members_read on public.runs for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.steps for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.attempts for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.rollups for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.operations for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.operation_runs for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.run_events for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));

create policy members_read on public.triggers for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
create policy members_read on public.firings for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces())::uuid[]));
-- Whoever knows the address may start the workflow.
create policy editors_read on public.hook_paths for select to authenticated
  using (workspace_id = any ((select engine.my_workspaces('editor'))::uuid[]));

create policy payload_readers_read on public.firing_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.run_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.step_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.attempt_payloads for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
-- Evidence and bodies quote outputs.
create policy payload_readers_read on public.proofs for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));
create policy payload_readers_read on public.artifacts for select to authenticated
  using (workspace_id = any ((select engine.my_payload_workspaces())::uuid[]));

-- Who may decide must see what is decided; a viewer needs the payload right.
create policy deciders_and_payload_readers_read on public.approvals for select to authenticated
  using (
    workspace_id = any ((select engine.my_workspaces('operator'))::uuid[])
    or workspace_id = any ((select engine.my_payload_workspaces())::uuid[])
  );
