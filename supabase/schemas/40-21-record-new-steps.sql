-- Counts the steps that bodies and rollbacks add to their run, writes the events of those done ahead, and refuses rows that contradict
-- themselves.
create function engine.record_new_steps()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  changes engine.step_change[];
  flaw text;
begin
  select array_agg((
      run_id, step_key, item_path, case when status = 'succeeded' then 'new' end, status,
      case when status = 'succeeded' then last_move end, attempt, rank,
      engine.step_event_data(status, waiting_for, port, error, items_total))::engine.step_change)
      filter (where status = 'succeeded' or item_path <> '{}' or role = 'rollback'),
    min(step_key) filter (where not (
      (step.status = 'running') = (step.lease_until is not null) and (step.status = 'waiting') = (step.waiting_for is not null)
      and (step.status <> 'ready' or step.due_at is not null) and (step.status <> 'failed' or step.error is not null)
      and (step.status in ('succeeded', 'failed', 'skipped', 'cancelled')) = (step.finished_at is not null)
      and step.remaining_deps >= 0 and step.dead_deps >= 0))
  into changes, flaw
  from new_steps as step;
  if flaw is not null then
    perform engine.refuse_row(flaw);
  end if;
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_new after insert on public.steps
  referencing new table as new_steps
  for each statement execute function engine.record_new_steps();
