-- When a run may be admitted by its workflow's rate limit: now, or the moment its place in the queue comes. A run that has a place goes by what
-- really started within the window; one without queues up behind the places already given. The caller holds the gate.
create function engine.rate_slot(p_run public.runs, p_at timestamptz)
returns timestamptz language plpgsql stable set search_path = ''
as $$
declare
  has_place constant boolean := p_run.rate_at is not null;
  last timestamptz;
begin
  if p_run.rate_at > p_at then
    return p_run.rate_at;
  end if;
  -- The admission that has to leave the window first; a run that ended before it started gives its place back.
  select other.rate_at into last from public.runs as other
  where other.workflow_id = p_run.workflow_id and other.rate_key = p_run.rate_key and other.rate_at is not null and other.id <> p_run.id
    and (other.admitted_at is not null or other.started_at is not null or (other.finished_at is null and not has_place))
  order by other.rate_at desc offset p_run.rate_max - 1 limit 1;
  -- On a whole millisecond, never early: waits are written with milliseconds.
  return greatest(p_at, date_trunc('milliseconds', last + make_interval(secs => p_run.rate_ms / 1000.0)) + interval '1 ms');
end $$;
