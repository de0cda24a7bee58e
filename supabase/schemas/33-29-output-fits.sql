-- Whether a stored output can stand for a step of another version: each value fits the schema of its port, and no port is missing that the
-- old step did not have either. Ports that are gone are in nobody's way. Null when a value is a file. Called by engine.plan_retry.
create function engine.output_fits(p_old json, p_new json, p_output jsonb)
returns boolean language plpgsql immutable set search_path = ''
as $$
declare
  ports constant jsonb := coalesce((p_new -> 'outputs')::jsonb, '{}');
begin
  if exists (
    select from jsonb_object_keys(ports) as port
    where not coalesce(p_output, '{}') ? port and not coalesce((p_old -> 'outputs')::jsonb, '{}') ? port
  ) then
    return false;
  elsif p_output ? '$blob' then
    return null;
  end if;
  -- One port that is a file leaves the whole unknown, one that does not fit decides it.
  return (
    select case when bool_or(not fit) then false when bool_or(fit is null) then null else true end
    from (
      select engine.fits(ports -> port.key, port.value) as fit from jsonb_each(coalesce(p_output, '{}')) as port where ports ? port.key
    ) as checked);
end $$;
