-- Does an operation's verb to one locked run: done, or set aside because a person has to decide something. What the verb refuses, it raises.
create function engine.do_to_run(p_operation public.operations, p_run public.runs, out status text, out reason text, out made uuid)
language plpgsql set search_path = ''
as $$
declare
  chosen int;
  mode constant text := p_operation.options ->> 'mode';
begin
  status := 'done';
  made := p_run.id;
  if p_operation.verb = 'cancel' then
    perform engine.cancel_locked_run(p_run.id, p_operation.created_by);
    return;
  elsif p_operation.verb = 'move' then
    perform engine.move_locked_run(p_run, p_operation.options ->> 'lane');
    return;
  end if;
  chosen := engine.retry_version(p_run, p_operation.options ->> 'version');
  perform engine.check_retry(p_run, mode, p_operation.options ->> 'step', chosen);
  if engine.may_need_decisions(p_run.workflow_id, chosen) then
    select 'Somebody has to say whether this may happen again: ' || string_agg(distinct fate.title, ', ') into reason
    from engine.retry_fates(p_run, mode, p_operation.options ->> 'step', chosen) as fate
    where fate.fate = 'rerun' and fate.effect_verdict = 'decision';
  end if;
  if reason is not null then
    status := 'set_aside';
    made := null;
    return;
  end if;
  made := engine.carry_out_retry(p_run, p_operation.created_by, mode, p_operation.options ->> 'step', null, chosen, '{}');
end $$;
