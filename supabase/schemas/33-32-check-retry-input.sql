-- Refuses a replaced input the retry cannot take: a resume keeps its input; restart takes one that fits the version's input schema; from_step
-- takes inputs of one step outside of bodies, by port.
create function engine.check_retry_input(p_run public.runs, p_mode text, p_step text, p_version int, p_input jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  plan jsonb;
  step engine.plan_steps;
  wrong text;
begin
  if p_input is null then
    return;
  elsif p_mode = 'resume' then
    perform engine.raise('RB422', 'A resumed run keeps its input.', 'Use restart to run with another input.');
  elsif jsonb_typeof(p_input) <> 'object' then
    perform engine.raise('RB422', 'The input must be a JSON object.', 'Send {} for none.');
  end if;
  select version.plan into plan from public.versions as version where (version.workflow_id, version.n) = (p_run.workflow_id, p_version);
  if p_mode = 'restart' then
    wrong := engine.misfit(plan -> 'input', engine.fill_defaults(plan -> 'input', p_input));
    if wrong <> '?' then
      perform engine.raise('RB422', format('The input does not fit: %s.', wrong), format('Version %s says what it takes.', p_version));
    end if;
    return;
  end if;
  select * into step from engine.plan_steps where (workflow_id, version, step_key) = (p_run.workflow_id, p_version, p_step);
  if step.within is not null then
    perform engine.raise('RB422', format('"%s" runs once per item, each with its own inputs.', step.title),
      'Start again at the map, or leave the inputs as they are.');
  end if;
  select engine.misfit(ports -> key, value, key) into wrong
  from (select one -> 'ports' as ports from jsonb_array_elements(plan -> 'steps') as one where one ->> 'key' = p_step) as found, jsonb_each(p_input)
  where ports ? key and engine.misfit(ports -> key, value, key) <> '?' limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('The inputs of "%s" do not fit: %s.', step.title, wrong), 'Correct them, or leave that port out.');
  end if;
end $$;
