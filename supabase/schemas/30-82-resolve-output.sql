-- The run's output by the plan's bindings: literals and refs are resolved here; what needs evaluating was made a step by the compiler.
-- By json, because jsonb's aggregates are slow with large values; see engine.pick_keys.
create function engine.resolve_output(p_run uuid)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select json_object_agg(binding.key, case
      when binding.value ? 'literal' then binding.value -> 'literal'
      else coalesce(engine.resolve_path(p_run, binding.value ->> 'ref'), 'null')
    end)::jsonb
    from public.runs as run
    join public.versions as version on (version.workflow_id, version.n) = (run.workflow_id, run.version)
    cross join jsonb_each(version.plan -> 'output') as binding
    where run.id = p_run
  ), '{}');
end $$;
