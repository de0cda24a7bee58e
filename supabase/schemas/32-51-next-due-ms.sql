-- Milliseconds until the next timer, retry, lease end, deadline or schedule; 0 when something is due, null when nothing is.
create function engine.next_due_ms()
returns bigint language plpgsql volatile set search_path = ''
as $$
declare
  next_at timestamptz;
begin
  select least(
    (select min(coalesce(lease_until, due_at)) from public.steps where (lease_until is not null or waiting_for is not null)),
    (select min(schedule.next_at) from public.triggers as schedule where schedule.next_at is not null and live and enabled),
    (select min(due_at) from public.firings where status = 'pending'),
    (select min(tend_at) from engine.breakers),
    (select min(deadline_at) from public.runs where deadline_at is not null and finished_at is null),
    (select min(deadline_at) from public.steps where deadline_at is not null and finished_at is null),
    (select min(cancel_requested_at) + interval '10 s' from public.runs where cancel_requested_at is not null and finished_at is null)
  ) into next_at;
  if next_at is null then
    return null;
  end if;
  return greatest(0, ceil(extract(epoch from next_at - engine.now()) * 1000))::bigint;
end $$;
