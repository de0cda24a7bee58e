-- Changes a workspace's name or its limit of unfinished runs. Keys left out stay. Owners only.
create function public.set_workspace(workspace uuid, patch jsonb)
returns public.workspaces language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  changed public.workspaces;
begin
  perform engine.check_patch(patch, '{"name": "string", "max_open_runs": "number"}');
  begin
    update public.workspaces
    set name = coalesce(btrim(patch ->> 'name'), name), max_open_runs = coalesce((patch ->> 'max_open_runs')::int, max_open_runs)
    where id = workspace returning * into changed;
  exception when check_violation or invalid_text_representation or numeric_value_out_of_range then
    perform engine.raise('RB422', 'The workspace cannot take these values.',
      'Name: 1 to 80 characters; limit of unfinished runs: a whole number from 1 to 1,000,000.');
  end;
  perform engine.write_audit(workspace, actor, 'workspace.changed', changed.slug, patch);
  return changed;
end $$;
