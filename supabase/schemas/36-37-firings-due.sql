-- Whether a schedule is to be looked at or a firing waits for a worker.
create function engine.firings_due()
returns boolean language plpgsql volatile set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  return exists (select from public.triggers where next_at is not null and next_at <= at and live and enabled)
    or exists (select from public.firings where status = 'pending' and due_at <= at);
end $$;
