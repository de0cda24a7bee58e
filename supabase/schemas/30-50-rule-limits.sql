-- Rules on the runs that engine.rule_lanes passed on to the limits of their workflows, one after the other by priority and age: as many admitted
-- runs per key as may be, and as many admissions per window. Those that may go are admitted at once, so that the next one counts them.
create function engine.rule_limits(p_rulings engine.ruling[])
returns engine.ruling[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  run public.runs;
  slot timestamptz;
  ruled engine.ruling[] := array(select ruling from unnest(p_rulings) as ruling where verdict <> 'limits');
begin
  for run in
    select asked.* from public.runs as asked
    where asked.id in (select run_id from unnest(p_rulings) where verdict = 'limits')
      and exists (
        select from public.steps as step
        where step.run_id = asked.id and (step.status = 'ready' or (step.status = 'waiting' and step.due_at <= at)))
    order by asked.priority, asked.created_at, asked.id
  loop
    slot := at;
    if run.limit_key is not null then
      if not engine.take_gate('key:' || run.workflow_id || ':' || run.limit_key) then
        ruled := ruled || (run.id, 'busy', null)::engine.ruling;
        continue;
      elsif (
        select count(*) from public.runs as other
        where other.workflow_id = run.workflow_id and other.limit_key = run.limit_key and other.admitted_at is not null
      ) >= run.limit_max then
        ruled := ruled || (run.id, 'hold', jsonb_build_object('kind', 'limit', 'ref', 'key:' || run.limit_key))::engine.ruling;
        continue;
      end if;
    end if;
    if run.rate_key is not null and run.started_at is null then
      if not engine.take_gate('rate:' || run.workflow_id || ':' || run.rate_key) then
        ruled := ruled || (run.id, 'busy', null)::engine.ruling;
        continue;
      end if;
      slot := engine.rate_slot(run, at);
    end if;
    update public.runs set rate_at = case when rate_key is not null and started_at is null then slot else rate_at end,
      admitted_at = case when slot <= at then at end
    where id = run.id;
    ruled := ruled || case when slot <= at then (run.id, 'go', null)::engine.ruling else (run.id, 'hold',
      jsonb_build_object('kind', 'limit', 'ref', 'rate', 'until', engine.iso_time(slot)))::engine.ruling end;
  end loop;
  return ruled;
end $$;
