-- Changes a lane's title, colour, limit or pause; `"wip_limit": null` removes the limit. Keys left out stay. Owners only.
create function public.set_lane(workspace uuid, name text, patch jsonb)
returns public.lanes language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'owner');
  changed public.lanes;
begin
  perform engine.check_patch(
    patch, '{"title": "string", "colour": "string", "wip_limit": "number?", "paused": "boolean"}'
  );
  begin
    update public.lanes
    set
      title = coalesce(btrim(patch ->> 'title'), title),
      colour = coalesce(lower(patch ->> 'colour'), colour),
      wip_limit = case when patch ? 'wip_limit' then (patch ->> 'wip_limit')::int else wip_limit end,
      paused = coalesce((patch ->> 'paused')::boolean, paused)
    where workspace_id = workspace and lanes.name = set_lane.name
    returning * into changed;
  exception when check_violation or invalid_text_representation or numeric_value_out_of_range then
    perform engine.raise('RB422', 'The lane cannot take these values.',
      'Title: 1 to 40 characters; colour: like #3b82c4; limit: a whole number above 0, or null for none.');
  end;
  if changed.name is null then
    perform engine.raise('RB404', format('There is no lane "%s" in this workspace.', set_lane.name), 'Choose one of the lanes shown.');
  end if;
  perform engine.write_audit(workspace, actor, 'lane.changed', changed.name, patch);
  return changed;
end $$;
