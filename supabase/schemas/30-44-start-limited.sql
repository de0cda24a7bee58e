-- Starts a run of a workflow that limits its runs by key, by rate or by debounce; answers as engine.start_run_as, which calls it.
create function engine.start_limited(p_workflow uuid, p_version int, p_settings jsonb, p_input jsonb, p_facts engine.run_facts)
returns jsonb language plpgsql set search_path = ''
as $$
declare
  debounce constant jsonb := p_settings -> 'debounce';
  facts engine.run_facts := jsonb_populate_record(p_facts, engine.limit_facts(p_settings, p_input));
  earlier uuid;
  started uuid;
begin
  if p_settings -> 'concurrency' ->> 'whenFull' <> 'queue' then
    perform engine.make_room(p_workflow, p_settings -> 'concurrency', p_input);
  end if;
  if debounce is not null then
    facts.debounce_key := engine.key_of(debounce -> 'parts', p_input);
    earlier := engine.debounce(p_workflow, facts.debounce_key, (debounce -> 'ms')::bigint, p_input);
    if earlier is not null then
      return jsonb_build_object('run_id', earlier, 'existing', true, 'debounced', true);
    end if;
  end if;
  started := engine.insert_run(p_workflow, p_version, p_input, facts);
  if debounce is not null then
    perform engine.hold_steps(array[(started, 'hold', jsonb_build_object('kind', 'limit', 'ref', 'debounce', 'until',
      engine.iso_time(engine.now() + make_interval(secs => (debounce -> 'ms')::double precision / 1000))))::engine.ruling]);
  end if;
  return jsonb_build_object('existing', false, 'run_id', started);
end $$;
