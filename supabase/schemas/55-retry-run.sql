-- Retries an ended run. resume: the same run goes on, or with another version a new run that reuses what fits. from_step: a new run from one
-- step on; `input` replaces that step's inputs. restart: a new run of everything; `input` replaces the run's input. Operators.
create function public.retry_run(
  run uuid, mode text default 'resume', step text default null, input jsonb default null, version text default null)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  chosen int;
  made uuid := run;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  chosen := engine.retry_version(target, version);
  perform engine.check_retry(target, mode, step, chosen);
  if mode = 'resume' and chosen = target.version then
    if input is not null then
      perform engine.raise('RB422', 'A resumed run keeps its input.', 'Use restart to run with another input.');
    end if;
    perform engine.resume_run(run);
  else
    made := engine.retry_as_new(target, actor, mode, step, input, chosen);
  end if;
  perform engine.write_audit(target.workspace_id, actor, 'run.retried', run::text,
    jsonb_strip_nulls(jsonb_build_object('mode', mode, 'step', step, 'version', chosen, 'made', made)));
  return jsonb_build_object('run_id', made, 'mode', mode);
end $$;
