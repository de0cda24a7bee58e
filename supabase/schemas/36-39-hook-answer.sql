-- What a waiting webhook is to answer for a run: what its first Respond step said, else how the run ended; {status: 'running'} until then.
create function engine.hook_answer(p_run uuid)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  run public.runs;
  said jsonb;
begin
  select payload.output into said
  from public.steps as step join public.step_payloads as payload using (run_id, step_key, item_path)
  where step.run_id = p_run and step.kind = 'respond' and step.status = 'succeeded'
  order by step.finished_at, step.step_key, step.item_path limit 1;
  if said is not null then
    return jsonb_build_object('status', 'responded', 'response', said);
  end if;
  select * into run from public.runs where id = p_run;
  if run.finished_at is null then
    return jsonb_build_object('status', 'running');
  end if;
  return jsonb_build_object('status', run.status, 'code', run.error ->> 'code', 'output', (
    select output from public.run_payloads where run_id = p_run and run.status = 'succeeded'));
end $$;
