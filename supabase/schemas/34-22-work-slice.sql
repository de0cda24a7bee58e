-- Does an operation's verb to its next runs, at most `p_limit` and for about a quarter of a second, and counts them. Runs somebody else holds
-- are left for the next slice. Returns how many it did something about. The caller holds the operation's row.
create function engine.work_slice(p_operation public.operations, p_limit int)
returns int language plpgsql set search_path = ''
as $$
declare
  until constant timestamptz := clock_timestamp() + interval '250 ms';
  one record;
  target public.runs;
  did_status text;
  did_reason text;
  did_made uuid;
  counted int := 0;
begin
  for one in
    select * from (
      select mine.run_id, mine.n, run.lane from public.operation_runs as mine join public.runs as run on run.id = mine.run_id
      where mine.operation_id = p_operation.id and mine.status = 'pending' order by mine.n limit p_limit
    ) as next
    -- The verbs lock lanes: everybody takes them in this order.
    order by lane, n
  loop
    exit when clock_timestamp() > until;
    select * into target from public.runs where id = one.run_id for no key update skip locked;
    continue when not found;
    begin
      select * into did_status, did_reason, did_made from engine.do_to_run(p_operation, target);
    exception
      -- The others come back in the next slice.
      when deadlock_detected or lock_not_available or serialization_failure then
        continue;
      when others then
        did_status := 'failed';
        did_reason := left(engine.message_of(sqlerrm), 500);
        did_made := null;
    end;
    update public.operation_runs set status = did_status, reason = did_reason, made = did_made, at = engine.now(),
      prior_code = target.error ->> 'code',
      watched = did_status = 'done' and p_operation.verb = 'retry' and p_operation.stage < coalesce(cardinality(p_operation.canary), 0)
    where (operation_id, run_id) = (p_operation.id, one.run_id);
    counted := counted + 1;
    p_operation.done := p_operation.done + (did_status = 'done')::int;
    p_operation.set_aside := p_operation.set_aside + (did_status = 'set_aside')::int;
    p_operation.failed := p_operation.failed + (did_status = 'failed')::int;
    exit when p_operation.done >= p_operation.canary[p_operation.stage];
  end loop;
  -- Counted in the transaction that did it, once for all of them.
  update public.operations set touched_at = engine.now(), done = p_operation.done, set_aside = p_operation.set_aside, failed = p_operation.failed
  where id = p_operation.id;
  return counted;
end $$;
