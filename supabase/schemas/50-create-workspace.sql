-- Makes a workspace with four lanes; the caller becomes its owner. Called by the app's first-run page and workspace menu.
create function public.create_workspace(name text)
returns public.workspaces language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.current_user_id();
  title constant text := btrim(coalesce(create_workspace.name, ''));
  wanted constant text := engine.slugify(title, 'workspace');
  made public.workspaces;
begin
  if actor is null then
    perform engine.raise('RB401', 'Nobody is signed in.', 'Sign in and try again.');
  end if;
  if length(title) not between 1 and 80 then
    perform engine.raise('RB422', 'A workspace needs a name of 1 to 80 characters.', 'Give it another name.');
  end if;
  insert into public.workspaces (slug, name, created_by) values (wanted, title, actor)
  on conflict (slug) do nothing returning * into made;
  if made.id is null then
    -- A counter would tell how many others chose the name.
    insert into public.workspaces (slug, name, created_by)
    values (wanted || '-' || left(replace(gen_random_uuid()::text, '-', ''), 6), title, actor) returning * into made;
  end if;
  insert into public.members (workspace_id, user_id, role, may_see_payloads) values (made.id, actor, 'owner', true);
  insert into public.lanes (workspace_id, name, title, colour, position) values
    (made.id, 'A', 'Interactive', '#0f9d8a', 1),
    (made.id, 'B', 'Standard', '#3b82c4', 2),
    (made.id, 'C', 'Background', '#b7791f', 3),
    (made.id, 'D', 'Experiments', '#b4508f', 4);
  perform engine.write_audit(made.id, actor, 'workspace.created', made.slug, jsonb_build_object('name', title));
  return made;
end $$;
