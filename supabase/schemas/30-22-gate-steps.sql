-- Notes which plan steps use a connection that has limits, so that claims look at no connection otherwise. Called when a version is laid out and
-- when a connection's limits change; `p_slug` null means all.
create function engine.gate_steps(p_workspace uuid, p_workflow uuid, p_version int, p_slug text)
returns void language plpgsql set search_path = ''
as $$
begin
  update engine.plan_steps as step set gated = limited.is_limited
  from (
    select plan.id, exists (
      select from public.connections as connection
      where connection.workspace_id = p_workspace and connection.slug = any (plan.connections) and connection.limits is not null) as is_limited
    from engine.plan_steps as plan
    where plan.workspace_id = p_workspace and plan.connections is not null
      and (p_slug is null or p_slug = any (plan.connections))
      and (p_workflow is null or (plan.workflow_id, plan.version) = (p_workflow, p_version))
  ) as limited
  where step.id = limited.id and step.gated <> limited.is_limited;
end $$;
