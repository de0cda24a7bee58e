-- The counts a run of this plan begins with: of the steps that stand in no body and are no rollback's, those that wait for nothing are ready.
create function engine.first_counts(p_plan jsonb)
returns jsonb language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('pending', count(*) filter (where waits), 'ready', count(*) filter (where not waits), 'running', 0, 'waiting', 0,
      'succeeded', 0, 'failed', 0, 'skipped', 0, 'cancelled', 0, 'total', count(*))
    from (
      -- A collector waits for its split, whatever the plan says of it.
      select step -> 'dependsOn' <> '[]' or step ->> 'role' is not distinct from 'collect' as waits
      from jsonb_array_elements(p_plan -> 'steps') as listed (step)
      where step ->> 'within' is null and step ->> 'role' is distinct from 'rollback'
    ) as first);
end $$;
