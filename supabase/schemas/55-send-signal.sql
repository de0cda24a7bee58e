-- Sends a signal to a run: the step that waits for it goes on, or it is kept until one does. Each signal is taken once. Operators.
create function public.send_signal(run uuid, name text, payload jsonb default null)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  names text[];
  answer jsonb;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  perform engine.check_signal(name, payload);
  names := engine.signal_names(target.workflow_id, target.version);
  if name <> all (names) then
    perform engine.raise('RB422', format('No step of this run waits for a signal "%s".', name), case
      when cardinality(names) = 0 then 'Its workflow has no step that waits for a signal.'
      else 'It waits for: ' || array_to_string(names, ', ') || '.' end);
  end if;
  perform from public.runs where id = run for no key update;
  answer := engine.receive_signal(run, name, coalesce(payload, 'null'), actor);
  if answer ->> 'signal' = 'ended' then
    perform engine.raise('RB409', 'The run is over, so it takes no signals.', 'Start or retry a run.');
  elsif answer ->> 'signal' = 'full' then
    perform engine.raise('RB429', 'The run keeps 100 signals that nobody has taken yet.', 'Wait until its steps take some.');
  end if;
  perform engine.write_audit(target.workspace_id, actor, 'run.signalled', run::text,
    jsonb_build_object('name', name, 'signal', answer ->> 'signal'));
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  return answer;
end $$;
