-- Says what retry_run would do, before anything happens: the steps that would run again and their effects, those reused (flagged: changed, or
-- not checked), and how long it took the last time. `decisions` as in retry_run. Viewers.
create function public.retry_preview(
  run uuid, mode text default 'resume', step text default null, version text default null, decisions jsonb default '{}')
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  target public.runs;
  chosen int;
  fates jsonb;
begin
  select * into target from public.runs where id = run;
  perform engine.require_role(target.workspace_id, 'viewer', 'run');
  chosen := engine.retry_version(target, version);
  perform engine.check_retry(target, mode, step, chosen);
  with listed as (
    select fate.*, plan.rank, jsonb_build_object('step', fate.step_key, 'item_path', fate.item_path, 'title', fate.title, 'effect', fate.effect) as entry
    from engine.retry_fates(target, mode, step, chosen, engine.kept_by(coalesce(decisions, '{}'))) as fate
    join engine.plan_steps as plan on (plan.workflow_id, plan.version, plan.step_key) = (target.workflow_id, chosen, fate.step_key)
  )
  select jsonb_build_object(
    'rerun', coalesce(jsonb_agg(entry order by rank, item_path) filter (where fate = 'rerun'), '[]'),
    'reused', coalesce(jsonb_agg(entry order by rank, item_path) filter (where fate in ('reused', 'flagged')), '[]'),
    'flagged', coalesce(jsonb_agg(entry order by rank, item_path) filter (where fate = 'flagged'), '[]'),
    'estimate', engine.retry_estimate(run, array_agg(distinct step_key) filter (where fate = 'rerun')),
    'effects', coalesce(jsonb_agg(jsonb_build_object('step', step_key, 'effect', effect, 'prior', prior, 'verdict', effect_verdict,
      'asks', asks, 'choices', case when effect_verdict = 'decision' and not asks
        then case when can_keep then '["do_it_again", "treat_as_done"]'::jsonb else '["do_it_again"]' end else '[]' end) order by rank, item_path)
      filter (where fate = 'rerun' and effect <> 'pure'), '[]'))
  into fates from listed;
  return fates || jsonb_build_object(
    'makes', case when engine.resumes_in_place(target, mode, chosen) then 'same_run' else 'new_run' end, 'version', chosen);
end $$;
