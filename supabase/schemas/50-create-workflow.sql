-- Makes a workflow with its draft. Without a slug one is made of the title and numbered until it is free.
create function public.create_workflow(
  workspace uuid, slug text, title text, description text default '', doc jsonb default null
)
returns public.workflows language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'editor');
  base constant text := coalesce(create_workflow.slug, engine.slugify(create_workflow.title, 'workflow'));
  content constant jsonb := coalesce(doc, '{"schemaVersion": 1, "nodes": [], "edges": []}');
  candidate text := base;
  made public.workflows;
begin
  if length(btrim(coalesce(create_workflow.title, ''))) not between 1 and 120 then
    perform engine.raise('RB422', 'A workflow needs a title of 1 to 120 characters.', 'Give it another title.');
  end if;
  if length(coalesce(create_workflow.description, '')) > 2000 then
    perform engine.raise('RB422', 'The description is over 2,000 characters.', 'Shorten it; notes on the canvas may be longer.');
  end if;
  if base !~ '^[a-z][a-z0-9-]{0,62}$' then
    perform engine.raise('RB422', format('"%s" cannot be a slug.', base),
      'Use up to 63 lower-case letters, digits and -, starting with a letter.');
  end if;
  perform engine.check_draft_doc(content);
  for suffix in 2 .. 1001 loop
    insert into public.workflows (workspace_id, slug, title, description, created_by)
    values (workspace, candidate, btrim(create_workflow.title), coalesce(create_workflow.description, ''), actor)
    on conflict on constraint workflows_workspace_id_slug_key do nothing returning * into made;
    exit when made.id is not null or create_workflow.slug is not null;
    candidate := base || '-' || suffix;
  end loop;
  if made.id is null then
    perform engine.raise('RB409', format('This workspace already has a workflow "%s".', base),
      'Choose another slug, or leave it out to get a free one.');
  end if;
  insert into public.drafts (workflow_id, workspace_id, doc, updated_by) values (made.id, workspace, content, actor);
  return made;
end $$;
