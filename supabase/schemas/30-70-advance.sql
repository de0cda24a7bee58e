-- Lets the end of steps take effect: failures, dependents, map items, collectors, until nothing more follows. Returns the steps it started
-- for the worker that reports (at most `p_take`). The caller holds the runs' locks and settles the runs afterwards.
create function engine.advance(p_ended engine.step_ref[], p_worker text, p_take int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  ended engine.step_ref[] := p_ended;
  next_ended engine.step_ref[];
  moved engine.moved[];
  started engine.step_ref[] := '{}';
  facts record;
begin
  while cardinality(ended) > 0 loop
    next_ended := '{}';
    select bool_or(status = 'failed') as any_failed, bool_or(status = 'succeeded' and role = 'split') as any_split,
      bool_or(item_path <> '{}') as any_item, bool_or(role = 'turn') as any_turn
    into facts
    from unnest(ended) join public.steps using (run_id, step_key, item_path);
    if facts.any_failed then
      next_ended := next_ended || engine.end_failures(ended);
    end if;
    moved := engine.give_tokens(engine.tokens_of(ended), p_worker, p_take - cardinality(started), p_lease);
    if facts.any_split then
      next_ended := next_ended || engine.open_maps(ended);
    end if;
    if facts.any_turn then
      perform engine.open_turns(ended);
    end if;
    if facts.any_item then
      moved := moved || engine.count_items(ended, p_worker, p_take - cardinality(started)
        - (select count(*)::int from unnest(moved) where status = 'running'), p_lease);
    end if;
    started := started || array(
      select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status = 'running');
    next_ended := next_ended || array(
      select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status not in ('running', 'ready'));
    ended := next_ended;
  end loop;
  return started;
end $$;
