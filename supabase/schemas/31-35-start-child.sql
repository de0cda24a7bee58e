-- Starts the run a sub-workflow step asks for and makes the step wait for it, or, detached, succeed. A child that cannot start fails the
-- step. Returns the step if it ended.
create function engine.start_child(p_step engine.step_ref, p_park jsonb, p_child uuid)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  parent public.runs;
  target uuid;
  depth int := 0;
begin
  select * into parent from public.runs where id = p_step.run_id;
  select id into target from public.workflows where workspace_id = parent.workspace_id and slug = p_park ->> 'workflow';
  with recursive ancestor (id, parent_run_id, n) as (
    select parent.id, parent.parent_run_id, 1
    union all
    select run.id, run.parent_run_id, n + 1 from ancestor join public.runs as run on run.id = ancestor.parent_run_id where n < 12
  ) select max(n) into depth from ancestor;
  begin
    if target is null then
      raise exception using message = format('There is no workflow "%s" in this workspace.', p_park ->> 'workflow');
    elsif depth > 10 then
      raise exception using message = 'Workflows start each other more than ten deep here.';
    end if;
    perform engine.start_run_as(null, target, coalesce(p_park -> 'input', '{}'), jsonb_strip_nulls(jsonb_build_object(
      'version', p_park ->> 'version', 'lane', p_park ->> 'lane', 'mode', parent.mode, 'trigger_kind', 'workflow',
      'facts', jsonb_build_object('id', p_child) || case when (p_park ->> 'detach')::boolean then '{}' else jsonb_build_object(
        'parent_run_id', parent.id, 'parent_step', p_step.step_key, 'parent_item', to_jsonb(p_step.item_path)) end
    )));
  exception when others then
    update public.steps set status = 'failed', last_move = 'step.failed', waiting_for = null, due_at = null,
      finished_at = greatest(engine.now(), started_at), error = jsonb_build_object('class', 'permanent', 'code', 'child_not_started', 'step', step_key,
        'message', left('The other workflow could not be started: ' || engine.message_of(sqlerrm), 500))
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'waiting';
    return case when found then array[p_step] else '{}' end;
  end;
  if (p_park ->> 'detach')::boolean then
    perform engine.complete_step(p_step, null, jsonb_build_object('run', p_child));
    return array(select p_step from public.steps
      where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and finished_at is not null);
  end if;
  return '{}';
end $$;
