-- Refuses a retry that would repeat what must not happen twice, unless people have said what to do about each such step: `do_it_again`, or
-- `treat_as_done` where its old output can stand. Decisions are `{step: word}`. Called by engine.retry_locked_run.
create function engine.check_decisions(p_run public.runs, p_mode text, p_step text, p_version int, p_decisions jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  wrong text;
  undecided text[];
begin
  select key into wrong from jsonb_each(p_decisions) where value not in ('"do_it_again"', '"treat_as_done"') limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('That is no decision about the step "%s".', wrong), 'Decisions: do_it_again, treat_as_done.');
  end if;
  if not engine.may_need_decisions(p_run.workflow_id, p_version) then
    return;
  end if;
  select array_agg(distinct fate.title || case when p_decisions ? fate.step_key then ' (no output that could stand for it)' else '' end)
  into undecided
  from engine.retry_fates(p_run, p_mode, p_step, p_version, engine.kept_by(p_decisions)) as fate
  where fate.fate = 'rerun' and fate.effect_verdict = 'decision' and not fate.asks
    and p_decisions ->> fate.step_key is distinct from 'do_it_again';
  if undecided is not null then
    perform engine.raise('RB409', format('This would repeat what must not happen twice: %s.', array_to_string(undecided, ', ')),
      'Say for each of these steps: do_it_again, or treat_as_done.');
  end if;
end $$;
