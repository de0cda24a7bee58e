-- Checks and numbers a move of a run before it is stored, and refuses a row that contradicts itself.
create function engine.number_run_move()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if new.status = old.status and new.last_move = old.last_move and new.lane = old.lane and new.priority = old.priority
    and new.waiting_for is not distinct from old.waiting_for and new.cancel_requested_at is not distinct from old.cancel_requested_at
    and new.paused_at is not distinct from old.paused_at and new.budgets is not distinct from old.budgets
    and new.budget_warning is not distinct from old.budget_warning then
    return new;
  end if;
  if not exists (
    select from engine.run_moves
    where (from_status, to_status, event_kind) = (old.status, new.status, new.last_move)
  ) then
    perform engine.refuse_move('Run ' || new.id, old.status, new.status, new.last_move);
  end if;
  if (new.status = 'waiting') <> (new.waiting_for is not null) or (new.status = 'failed' and new.error is null)
    or (new.status in ('succeeded', 'failed', 'cancelled')) <> (new.finished_at is not null) or new.finished_at < new.started_at then
    perform engine.raise('RB001', format('Run %s would be %s, which its reason, times or error contradict.', new.id, new.status),
      'This is a fault of the engine; nothing was changed.');
  end if;
  new.last_seq := new.last_seq + 1;
  new.move_seq := new.last_seq;
  return new;
end $$;

-- Writes the events of new runs, or of those runs of a statement that moved, and notes starts and ends for the rollups. An update that
-- moved none costs one look. New runs are born with the number 1; that they may be as they are is checked here.
create function engine.record_run_moves()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  moved uuid[];
begin
  if tg_op = 'INSERT' then
    with event as (
      insert into public.run_events (run_created_at, run_id, seq, workspace_id, kind, status, at, data, counts)
      select created_at, id, last_seq, workspace_id,
        coalesce(case when waiting_for is null and finished_at is null and move_seq = 1 and last_seq = 1 then legal.event_kind end,
          engine.refuse_move('Run ' || id, 'nothing', status, last_move)),
        status, created_at, jsonb_build_object('lane', lane, 'priority', priority), counts
      from new_runs left join engine.run_moves as legal on (from_status, to_status, event_kind) = ('none', status, last_move)
    )
    insert into engine.rollup_deltas (sign, at, run_id, workspace_id, workflow_id, lane, created_at, retry_count)
    select 1, created_at, id, workspace_id, workflow_id, lane, created_at, retry_count from new_runs;
    return null;
  end if;
  -- Not by a join, which would compare all runs of a large report with all.
  moved := array(
    select id from new_runs where move_seq = last_seq and (id, move_seq) not in (select id, move_seq from old_runs));
  if cardinality(moved) = 0 then
    return null;
  end if;
  insert into public.run_events (run_created_at, run_id, seq, workspace_id, kind, status, at, data, counts)
  select created_at, id, last_seq, workspace_id, last_move, status, engine.now(),
    jsonb_strip_nulls(jsonb_build_object(
      'waitingFor', waiting_for, 'lane', lane, 'priority', priority, 'errorCode', error ->> 'code', 'retryCount', nullif(retry_count, 0),
      'cancelRequested', case when cancel_requested_at is not null then true end,
      'paused', case when paused_at is not null then true end, 'budgetWarning', budget_warning)),
    counts
  from new_runs where id = any (moved);
  insert into engine.rollup_deltas (
    sign, ended, at, run_id, workspace_id, workflow_id, lane, created_at, started_at, retry_count, usage)
  select 1, case when finished_at is not null then status end, coalesce(finished_at, created_at), id, workspace_id, workflow_id, lane,
    created_at, started_at, retry_count, case when finished_at is not null then usage end
  from new_runs where id = any (moved) and last_move in ('run.succeeded', 'run.failed', 'run.cancelled');
  if exists (select from new_runs where last_move = 'run.retried' and id = any (moved)) then
    insert into engine.rollup_deltas
    select -1, status, finished_at, id, workspace_id, workflow_id, lane, created_at, started_at, retry_count, usage
    from old_runs where finished_at is not null;
  end if;
  return null;
end $$;

create trigger runs_record_insert after insert on public.runs
  referencing new table as new_runs
  for each statement execute function engine.record_run_moves();

-- By the columns a statement sets, which costs nothing where it sets none of them; a condition would be read anew from its text each time.
create trigger runs_number_move before update of status, last_move, lane, priority, waiting_for, cancel_requested_at, finished_at, paused_at,
    budgets, budget_warning
  on public.runs for each row execute function engine.number_run_move();
create trigger runs_record_moves after update on public.runs
  referencing old table as old_runs new table as new_runs
  for each statement execute function engine.record_run_moves();
