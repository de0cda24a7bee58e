-- Retries an ended run. resume: the same run goes on, or with another version (or after a rollback) a new run that reuses what fits. from_step:
-- a new run from one step on; `input` replaces that step's inputs. restart: a new run of everything; `input` replaces the run's input.
-- `decisions` ({step: do_it_again | treat_as_done}) answer for effects that must not happen twice. Operators.
create function public.retry_run(
  run uuid, mode text default 'resume', step text default null, input jsonb default null, version text default null,
  decisions jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  chosen int;
  made uuid;
  decided constant jsonb := coalesce(decisions, '{}');
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  select * into target from public.runs where id = run for no key update;
  chosen := engine.retry_version(target, version);
  made := engine.retry_locked_run(target, actor, mode, step, input, chosen, decided);
  perform engine.write_audit(target.workspace_id, actor, 'run.retried', run::text, jsonb_strip_nulls(jsonb_build_object(
    'mode', mode, 'step', step, 'version', chosen, 'made', made, 'decisions', nullif(decided, '{}'))));
  return jsonb_build_object('run_id', made, 'mode', mode);
end $$;
