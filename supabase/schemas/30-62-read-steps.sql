-- The `steps` root of a scope: for each step read, the ports, status and error asked for. Ports of a step that did not succeed are null,
-- ports a succeeded step left out are absent. An output stored as one file is returned whole.
create function engine.read_steps(p_run uuid, p_item int[], p_reads engine.step_read[])
returns json language plpgsql stable set search_path = ''
as $$
declare
  single constant engine.step_read := p_reads[1];
  found record;
begin
  -- The most frequent case: one port of one step that succeeded and gave it.
  if cardinality(p_reads) = 1 and single.part = 'output' and single.port is not null then
    select payload.output -> single.port as value into found
    from public.steps as step join public.step_payloads as payload using (run_id, step_key, item_path)
    where (step.run_id, step.step_key, step.item_path) = (p_run, single.step_key, p_item[1:single.depth])
      and step.status = 'succeeded' and payload.output ? single.port and not payload.output ? '$blob';
    if found.value is not null then
      return json_build_object(single.step_key, json_build_object('output', json_build_object(single.port, found.value)));
    end if;
  end if;
  return coalesce((
    select json_object_agg(step_key, parts)
    from (
      select read.step_key,
        case when bool_or(read.part is null or read.part = 'output') then jsonb_build_object('output', case
          when bool_or(read.port is null and coalesce(read.part, 'output') = 'output' or payload.output ? '$blob')
            then coalesce((array_agg(payload.output))[1], 'null')
          else coalesce((json_object_agg(read.port, coalesce(payload.output -> read.port, 'null'))
            filter (where read.port is not null and (step.status <> 'succeeded' or payload.output ? read.port)))::jsonb, '{}')
        end) else '{}' end
        || case when bool_or(coalesce(read.part, 'status') = 'status')
          then jsonb_build_object('status', (array_agg(step.status))[1]) else '{}' end
        || case when bool_or(coalesce(read.part, 'error') = 'error')
          then jsonb_build_object('error', coalesce((array_agg(step.error))[1], 'null')) else '{}' end as parts
      from unnest(p_reads) as read
      join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, read.step_key, p_item[1:read.depth])
      left join public.step_payloads as payload
        on (payload.run_id, payload.step_key, payload.item_path) = (step.run_id, step.step_key, step.item_path)
      group by read.step_key
    ) as read_step
  ), '{}');
end $$;
