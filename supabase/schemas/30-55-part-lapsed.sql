-- Parts due steps into what one claim may take together, and the `others`, for when none of that can go. Where workers died that is one suspect, a
-- step whose worker died twice, and not while this worker holds one already; else a few of those whose worker died once; else everything. Whichever
-- of them is deadly kills its worker soon, so what is taken with it must be little, and must not die of it a third time. Called by give_up_lapsed.
create function engine.part_lapsed(
  p_candidates engine.step_ref[], p_runs uuid[], p_worker text, p_limit int, out candidates engine.step_ref[], out others engine.step_ref[], out alone boolean)
language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  suspects engine.step_ref[];
begin
  select coalesce(array_agg(ref order by age, turn) filter (where crashes >= 1), '{}'),
    coalesce(array_agg(ref order by age, turn) filter (where crashes = 0), '{}'),
    coalesce(array_agg(ref order by turn) filter (where crashes is null), '{}')
  into suspects, candidates, others
  from (
    select (run_id, step_key, item_path)::engine.step_ref as ref, turn, step.lease_until as age,
      case when step.status = 'running' and step.lease_until <= at then step.crashes end as crashes
    from unnest(p_candidates) with ordinality as candidate (run_id, step_key, item_path, turn)
    join public.steps as step using (run_id, step_key, item_path)
    where run_id = any (p_runs)
  ) as due;
  if cardinality(suspects) > 0 and not exists (
    select from public.steps
    where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) > at
      and status = 'running' and worker = p_worker and crashes >= 2
  ) then
    candidates := suspects[1:1];
  end if;
  candidates := candidates[1:greatest(4, p_limit / 8)];
  alone := cardinality(candidates) > 0;
  if not alone then
    candidates := others;
  end if;
end $$;
