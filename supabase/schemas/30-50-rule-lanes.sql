-- Rules on locked runs by what holds whole runs: a pause of the run or its workflow, a paused or full lane. Called by engine.hold_runs.
create function engine.rule_lanes(p_runs uuid[])
returns engine.ruling[] language plpgsql set search_path = ''
as $$
declare
  open_lanes text[];
begin
  open_lanes := array(
    select gate from (
      select distinct 'lane:' || lane.workspace_id || ':' || lane.name as gate
      from public.runs as run join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
      where run.id = any (p_runs) and run.admitted_at is null and lane.wip_limit is not null
    ) as limited where engine.take_gate(gate));
  return array(
    select (id, case when reason is not null then 'hold' when is_busy then 'busy' when is_limited then 'limits' else 'go' end, reason)::engine.ruling
    from (
      select run.id, run.admitted_at is null and (run.limit_key is not null or run.rate_key is not null) as is_limited,
        run.admitted_at is null and lane.wip_limit is not null
          and not 'lane:' || lane.workspace_id || ':' || lane.name = any (open_lanes) as is_busy,
        case
          when run.paused_at is not null or workflow.status = 'paused' then '{"kind": "limit", "ref": "pause"}'::jsonb
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
    ) as judged);
end $$;
