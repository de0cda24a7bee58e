-- Lays a published plan out for claiming.
create function engine.lay_out_version()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  perform engine.lay_out_steps(new.workspace_id, new.workflow_id, new.n, new.plan);
  perform engine.lay_out_bodies(new.workflow_id, new.n);
  perform engine.lay_out_deps(new.workflow_id, new.n, new.plan);
  update engine.plan_steps as step set connections = array(select jsonb_array_elements_text(planned -> 'connections'))
  from jsonb_array_elements(new.plan -> 'steps') as planned
  where (step.workflow_id, step.version, step.step_key) = (new.workflow_id, new.n, planned ->> 'key') and planned -> 'connections' <> '[]';
  if found then
    perform engine.gate_steps(new.workspace_id, new.workflow_id, new.n, null);
  end if;
  perform engine.lay_out_ahead(new.workflow_id, new.n);
  perform engine.lay_out_bodies_ahead(new.workflow_id, new.n);
  perform engine.lay_out_scopes_ahead(new.workflow_id, new.n);
  return null;
end $$;

create trigger versions_lay_out_plan after insert on public.versions
  for each row execute function engine.lay_out_version();
