-- Whether the caller may send on a private topic: only editors, and only on `workflow:<id>`, where the builder shows who is editing.
create function engine.may_send(p_topic text)
returns boolean language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.workflows
    where id = engine.uuid_or_null(substring(p_topic from '^workflow:([0-9a-fA-F-]{36})$'))
      and workspace_id = any (engine.my_workspaces('editor'))
  )
$$;
