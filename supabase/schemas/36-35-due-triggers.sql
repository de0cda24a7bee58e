-- Schedules that are to be looked at, with the database's clock: [{id, config, cursorAt, nextAt, now}], times in milliseconds.
create function engine.due_triggers(p_limit int)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', id, 'config', config, 'now', round(extract(epoch from at) * 1000),
      'cursorAt', round(extract(epoch from cursor_at) * 1000), 'nextAt', next_at::text)), '[]')
    from (
      select * from public.triggers where next_at is not null and next_at <= at and live and enabled order by next_at limit p_limit
    ) as due
  );
end $$;
