-- Checks and numbers a move of a run before it is stored.
create function engine.number_run_move()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (
    select from engine.run_moves
    where (from_status, to_status, event_kind)
      = (case tg_op when 'INSERT' then 'none' else old.status end, new.status, new.last_move)
  ) then
    perform engine.refuse_move('Run ' || new.id, case tg_op when 'INSERT' then 'nothing' else old.status end, new.status, new.last_move);
  end if;
  new.last_seq := new.last_seq + 1;
  return new;
end $$;

-- Writes the event of a run's move.
create function engine.record_run_move()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.run_events (run_created_at, run_id, seq, workspace_id, kind, status, at, data, counts)
  values (
    new.created_at, new.id, new.last_seq, new.workspace_id, new.last_move, new.status, engine.now(),
    jsonb_strip_nulls(jsonb_build_object(
      'waitingFor', new.waiting_for, 'lane', new.lane, 'priority', new.priority,
      'errorCode', new.error ->> 'code', 'retryCount', nullif(new.retry_count, 0),
      'cancelRequested', case when new.cancel_requested_at is not null then true end)),
    new.counts
  );
  return null;
end $$;

create trigger runs_number_insert before insert on public.runs
  for each row execute function engine.number_run_move();
create trigger runs_record_insert after insert on public.runs
  for each row execute function engine.record_run_move();

create trigger runs_number_move before update on public.runs
  for each row when (
    new.status <> old.status or new.last_move <> old.last_move or new.lane <> old.lane or new.priority <> old.priority
    or new.waiting_for is distinct from old.waiting_for or new.cancel_requested_at is distinct from old.cancel_requested_at
  ) execute function engine.number_run_move();
create trigger runs_record_move after update on public.runs
  for each row when (
    new.status <> old.status or new.last_move <> old.last_move or new.lane <> old.lane or new.priority <> old.priority
    or new.waiting_for is distinct from old.waiting_for or new.cancel_requested_at is distinct from old.cancel_requested_at
  ) execute function engine.record_run_move();
