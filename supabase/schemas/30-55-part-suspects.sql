-- Of due steps, leaves what a worker may take while some of them are suspects, steps whose workers died twice: the first suspect and nothing else,
-- or everything but suspects while the worker holds one already. One of them may kill whoever holds it, and what is held with it must not
-- die of it a third time. Called by engine.give_up_lapsed.
create function engine.part_suspects(p_candidates engine.step_ref[], p_suspects engine.step_ref[], p_worker text)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  if exists (
    select from public.steps
    where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) > at
      and status = 'running' and worker = p_worker and crashes >= 2
  ) then
    return array(select candidate from unnest(p_candidates) as candidate where not candidate = any (p_suspects));
  end if;
  return p_suspects[1:1];
end $$;
