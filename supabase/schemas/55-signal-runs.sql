-- Sends a signal to every unfinished run of a workspace whose plan waits for it and that the filter matches: `workflow` (slug), `lane`, and
-- `input` (values the run's input must hold). Returns how many runs; each takes or keeps it as send_signal says. Operators.
create function public.signal_runs(workspace uuid, name text, payload jsonb default null, filter jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  actor constant uuid := engine.require_role(workspace, 'operator', 'workspace');
  targets uuid[];
begin
  perform engine.check_signal(name, payload);
  if exists (select from jsonb_object_keys(coalesce(filter, '{}')) as key where key not in ('workflow', 'lane', 'input')) then
    perform engine.raise('RB422', 'The filter has a field that is not known.', 'Filter by workflow, lane or input.');
  end if;
  targets := array(
    select run.id from public.runs as run
    join public.workflows as source on source.id = run.workflow_id
    join public.run_payloads as given on given.run_id = run.id
    where run.workspace_id = signal_runs.workspace and run.finished_at is null
      and (filter ->> 'workflow' is null or source.slug = filter ->> 'workflow')
      and (filter ->> 'lane' is null or run.lane = filter ->> 'lane')
      and (filter -> 'input' is null or given.input @> (filter -> 'input'))
      and exists (
        select from engine.plan_steps as plan
        where (plan.workflow_id, plan.version) = (run.workflow_id, run.version) and plan.kind = 'signal-wait'
          and plan.definition -> 'config' ->> 'name' = signal_runs.name)
    order by run.id limit 1001);
  if cardinality(targets) > 1000 then
    perform engine.raise('RB413', 'More than 1,000 runs match.', 'Narrow the filter.');
  end if;
  insert into engine.deliveries (run_id, kind, payload)
  select id, 'signal', jsonb_build_object('name', name, 'payload', coalesce(payload, 'null'), 'by', actor) from unnest(targets) as id;
  perform engine.write_audit(workspace, actor, 'runs.signalled', name, jsonb_build_object('runs', cardinality(targets), 'filter', filter));
  perform engine.deliver();
  return jsonb_build_object('runs', cardinality(targets));
end $$;
