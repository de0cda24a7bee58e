-- Notes which rows of steps done ahead read anything but each other, so that claims look for nothing otherwise. Called after both kinds of
-- rows are laid out.
create function engine.lay_out_scopes_ahead(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  update engine.plan_steps as first set ahead_reads = exists (
    select from engine.plan_steps as plan
    where plan.id = any (first.ahead) and (not plan.reads_roots <@ '{steps}' or exists (
      select from unnest(plan.reads_steps) as read
      where read.step_key not in (select step_key from engine.plan_steps where id = any (first.id || first.ahead)))))
  where (first.workflow_id, first.version) = (p_workflow, p_version) and first.ahead is not null;
end $$;
