-- Fails the steps whose deadline has passed, whether they run or wait: the deadline covers all attempts and waits together, and that of a
-- container all its items or turns, which are cancelled. What an at_most_once step did is not known then, so a person is asked; a step that waits
-- for such a decision already is left to it. Returns how many ended.
create function engine.end_overdue_steps()
returns int language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  overdue record;
  step engine.step_ref;
  ended engine.step_ref[] := '{}';
  total int := 0;
begin
  for overdue in
    select late.*, plan.effect = 'at_most_once' and late.status = 'running' and late.start_marker_at is not null as unclear
    from (
      select run_id, step_key, item_path from public.steps
      where deadline_at is not null and finished_at is null and deadline_at <= at
        and coalesce(waiting_for ->> 'kind', '') <> 'reconcile'
      order by deadline_at limit 500
    ) as found
    join lateral (select id from public.runs where id = found.run_id for no key update skip locked) as locked on true
    join public.steps as late using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = late.plan_step
    where (late.status in ('ready', 'running', 'waiting') or (late.status = 'pending' and late.role = 'collect')) and late.deadline_at <= at
    order by run_id, cardinality(item_path), late.role is distinct from 'collect', step_key, item_path
  loop
    step := (overdue.run_id, overdue.step_key, overdue.item_path)::engine.step_ref;
    -- It may have gone with the container around it.
    continue when not exists (
      select from public.steps where (run_id, step_key, item_path) = (step.run_id, step.step_key, step.item_path) and finished_at is null);
    if overdue.role = 'collect' then
      perform engine.stop_body(step);
    else
      perform engine.stop_step(step);
    end if;
    if overdue.unclear then
      perform engine.ask_reconcile(step, 'Its deadline passed while it was under way.');
      perform engine.settle_runs(array[overdue.run_id]);
    else
      perform engine.fail_waiting(step, jsonb_build_object('class', 'permanent', 'code', 'deadline',
        'message', case
          when overdue.role is distinct from 'collect' then 'The step did not end before its deadline, which covers all its attempts and waits.'
          when overdue.kind = 'repeat' then format('It was in turn %s when its deadline passed, which covers all turns.', overdue.items_total)
          else format('%s of %s items had ended when its deadline passed, which covers all items.', overdue.items_done, overdue.items_total) end,
        'hint', 'Retry it, or raise the deadline in the node''s settings.'));
      ended := ended || step;
    end if;
    total := total + 1;
  end loop;
  perform engine.finish_waits(ended);
  return total;
end $$;
