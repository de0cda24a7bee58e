-- Says what retry_run would do, before anything happens: the steps that would run again and their effects, and those reused. Viewers.
create function public.retry_preview(run uuid, mode text default 'resume', step text default null, version text default null)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  target public.runs;
  chosen int;
  same_run boolean;
begin
  select * into target from public.runs where id = run;
  perform engine.require_role(target.workspace_id, 'viewer', 'run');
  chosen := engine.retry_version(target, version);
  perform engine.check_retry(target, mode, step, chosen);
  same_run := mode = 'resume' and chosen = target.version;
  return (
    with step_fate as (
      select again.step_key, again.item_path, step.title, plan.effect, 'rerun' as verdict
      from engine.steps_to_resume(run) as again
      join public.steps as step on (step.run_id, step.step_key, step.item_path) = (run, again.step_key, again.item_path)
      join engine.plan_steps as plan on plan.id = step.plan_step
      where same_run
      union all
      select old.step_key, old.item_path, old.title, plan.effect, 'reused'
      from public.steps as old join engine.plan_steps as plan on plan.id = old.plan_step
      where same_run and old.run_id = run and old.status = 'succeeded'
      union all
      select fate.step_key, '{}', fate.title, fate.effect, fate.verdict
      from engine.plan_retry(run, mode, retry_preview.step, chosen) as fate
      where not same_run
    ), listed as (
      select verdict, effect, step_key, engine.prior_outcome(run, step_key, item_path) as prior,
        jsonb_build_object('step', step_key, 'item_path', item_path, 'title', title, 'effect', effect) as entry
      from step_fate
    )
    select jsonb_build_object(
      'makes', case when same_run then 'same_run' else 'new_run' end, 'version', chosen,
      'rerun', coalesce(jsonb_agg(entry) filter (where verdict = 'rerun'), '[]'),
      'reused', coalesce(jsonb_agg(entry) filter (where verdict in ('reused', 'flagged')), '[]'),
      'flagged', coalesce(jsonb_agg(entry) filter (where verdict = 'flagged'), '[]'),
      'effects', coalesce(jsonb_agg(jsonb_build_object('step', step_key, 'effect', effect, 'prior', prior,
        'verdict', engine.effect_verdict(effect, prior, mode))) filter (where verdict = 'rerun' and effect <> 'pure'), '[]'))
    from listed
  );
end $$;
