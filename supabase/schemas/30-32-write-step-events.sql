-- Numbers a set of step moves under their runs' row locks and writes the events; called by the move triggers on steps only.
-- A row inserted into a body counts without a move (from_status null), or with its end as a move from `new`.
create function engine.write_step_events(p_changes engine.step_change[])
returns void language plpgsql set search_path = '' set enable_hashjoin = off set enable_nestloop = on
as $$
declare
  at constant timestamptz := engine.now();
begin
  with tally as (
    select run_id, count(*) filter (where move is not null) as moves,
      array_agg(change order by rank, item_path) filter (where move is not null) as changes,
      sum((to_status = 'pending')::int - coalesce(from_status = 'pending', false)::int) as pending,
      sum((to_status = 'ready')::int - coalesce(from_status = 'ready', false)::int) as ready,
      sum((to_status = 'running')::int - coalesce(from_status = 'running', false)::int) as running,
      sum((to_status = 'waiting')::int - coalesce(from_status = 'waiting', false)::int) as waiting,
      sum((to_status = 'succeeded')::int - coalesce(from_status = 'succeeded', false)::int) as succeeded,
      sum((to_status = 'failed')::int - coalesce(from_status = 'failed', false)::int) as failed,
      sum((to_status = 'skipped')::int - coalesce(from_status = 'skipped', false)::int) as skipped,
      sum((to_status = 'cancelled')::int - coalesce(from_status = 'cancelled', false)::int) as cancelled,
      count(*) filter (where from_status is null or from_status = 'new') as added
    from unnest(p_changes) as change group by run_id
  ), numbered as (
    update public.runs as run set
      last_seq = run.last_seq + tally.moves,
      counts = jsonb_build_object(
        'pending', (run.counts -> 'pending')::int + tally.pending, 'ready', (run.counts -> 'ready')::int + tally.ready,
        'running', (run.counts -> 'running')::int + tally.running, 'waiting', (run.counts -> 'waiting')::int + tally.waiting,
        'succeeded', (run.counts -> 'succeeded')::int + tally.succeeded, 'failed', (run.counts -> 'failed')::int + tally.failed,
        'skipped', (run.counts -> 'skipped')::int + tally.skipped,
        'cancelled', (run.counts -> 'cancelled')::int + tally.cancelled, 'total', (run.counts -> 'total')::int + tally.added)
    from tally where run.id = tally.run_id
    returning run.id, run.created_at, run.workspace_id, run.last_seq - tally.moves as base, tally.changes
  )
  insert into public.run_events (
    run_created_at, run_id, seq, workspace_id, kind, step_key, item_path, status, attempt, at, data)
  select numbered.created_at, numbered.id, numbered.base + place, numbered.workspace_id,
    coalesce(legal.event_kind,
      engine.refuse_move('Step ' || change.step_key, change.from_status, change.to_status, change.move)),
    change.step_key, change.item_path, change.to_status, change.attempt, at, change.data
  from numbered
  cross join unnest(numbered.changes) with ordinality
    as change (run_id, step_key, item_path, from_status, to_status, move, attempt, rank, data, place)
  left join engine.step_moves as legal
    on (legal.from_status, legal.to_status, legal.event_kind) = (change.from_status, change.to_status, change.move);
end $$;
