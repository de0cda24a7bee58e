-- Which of these locked runs may have nothing claimed now, and why: their lane is paused or full, or their workflow is paused. Their ready
-- steps wait for that, which takes them out of the queue. The others are admitted: from now on they count towards their lane's limit.
create function engine.hold_runs(p_runs uuid[])
returns uuid[] language plpgsql set search_path = ''
as $$
declare
  held uuid[];
begin
  -- Whoever holds a lane's lock never waits for a run, so this order cannot deadlock.
  perform from public.lanes
  where wip_limit is not null and (workspace_id, name) in (
    select workspace_id, lane from public.runs where id = any (p_runs) and admitted_at is null)
  order by workspace_id, name for no key update;

  with judged as (
    select run.id, case
      when workflow.status = 'paused' then '{"kind": "limit", "ref": "pause"}'::jsonb
      when lane.paused or (run.admitted_at is null and lane.wip_limit is not null and lane.wip_limit < (
          select count(*) from public.runs as other
          where other.workspace_id = run.workspace_id and other.lane = run.lane and other.admitted_at is not null
        ) + row_number() over (
          partition by run.workspace_id, run.lane, run.admitted_at is null order by run.priority, run.created_at, run.id))
        then jsonb_build_object('kind', 'lane', 'ref', run.lane)
    end as reason
    from public.runs as run
    join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
    join public.workflows as workflow on workflow.id = run.workflow_id
    where run.id = any (p_runs)
  ), waiting as (
    update public.steps as step
    set status = 'waiting', last_move = 'step.waiting', waiting_for = judged.reason, due_at = null
    from judged where judged.reason is not null and step.run_id = judged.id and step.status = 'ready'
  )
  select array_agg(id) into held from judged where reason is not null;
  if held is not null then
    perform engine.settle_runs(held);
  end if;

  update public.runs as run set
    admitted_at = coalesce(admitted_at, engine.now()), started_at = coalesce(started_at, engine.now()),
    status = 'running', waiting_for = null,
    last_move = case status when 'queued' then 'run.started' when 'waiting' then 'run.resumed' else last_move end
  where id = any (p_runs) and not id = any (coalesce(held, '{}')) and (admitted_at is null or status <> 'running')
    and error is null and cancel_requested_at is null
    and exists (
      select from public.steps as step
      where step.run_id = run.id and (step.status = 'ready'
        or (step.status = 'waiting' and step.waiting_for ->> 'kind' = 'retry' and step.due_at <= engine.now())));
  return coalesce(held, '{}');
end $$;
