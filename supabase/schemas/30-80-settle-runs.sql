-- Folds the statuses of locked runs' steps into the runs: running, waiting (with the earliest reason), or ended. Called last by everything
-- that moves steps; looks closer only at runs whose counts say that something changes.
create function engine.settle_runs(p_runs uuid[])
returns void language plpgsql set search_path = ''
as $$
declare
  run record;
  reason jsonb;
  done uuid[] := '{}';
begin
  for run in
    select * from (
      select id, status, waiting_for, error, cancel_requested_at, admitted_at, ending is not null as undoing,
        (counts -> 'pending')::int as pending, (counts -> 'ready')::int as ready, (counts -> 'running')::int as running,
        (counts -> 'waiting')::int as waiting
      -- By their keys: to a planner that last saw few open runs, reading the whole index of them looks cheaper.
      from unnest(p_runs) as wanted (run_id) cross join lateral (select * from public.runs where id = run_id offset 0) as run
      where finished_at is null
    ) as folded
    where (running = 0 and ready = 0) or (running = 0 and (error is not null or cancel_requested_at is not null))
      or (status = 'waiting' and ready + running > 0)
    order by id
  loop
    if run.running = 0 and (run.cancel_requested_at is not null or run.error is not null) then
      perform engine.cancel_steps(run.id);
      if run.undoing or not engine.start_rollback(run.id) then
        perform engine.close_runs(array[run.id], case when run.cancel_requested_at is null then 'failed' else 'cancelled' end);
      end if;
    elsif run.undoing and run.ready + run.running + run.waiting = 0 then
      if run.pending = 0 then
        perform engine.close_runs(array[run.id], 'failed');
      else
        perform engine.next_rollback(run.id);
      end if;
    elsif run.pending + run.ready + run.running + run.waiting = 0 then
      done := done || run.id;
    elsif run.ready + run.running > 0 then
      if run.status = 'waiting' and run.admitted_at is not null then
        update public.runs set status = 'running', waiting_for = null, last_move = 'run.resumed' where id = run.id;
      end if;
    elsif run.waiting > 0 then
      select waiting_for into reason from public.steps where run_id = run.id and status = 'waiting'
      order by due_at nulls last, rank, item_path limit 1;
      update public.runs set status = 'waiting', waiting_for = reason,
        last_move = case status when 'waiting' then 'run.updated' else 'run.waiting' end
      where id = run.id and waiting_for is distinct from reason;
    end if;
  end loop;
  if cardinality(done) > 0 then
    perform engine.close_runs(done, 'succeeded');
  end if;
end $$;
