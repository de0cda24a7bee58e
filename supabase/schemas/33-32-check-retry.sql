-- Refuses a retry that cannot be: an unknown mode or step, a run still going, a resume of one that succeeded, an open question about it.
create function engine.check_retry(p_run public.runs, p_mode text, p_step text, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  if p_mode is null or p_mode not in ('resume', 'from_step', 'restart') then
    perform engine.raise('RB422', format('"%s" is not a way to retry.', coalesce(p_mode, '')), 'Ways: resume, from_step, restart.');
  end if;
  if p_run.finished_at is null then
    perform engine.raise('RB409', 'The run has not ended, so there is nothing to retry yet.', 'Wait for it, or cancel it first.');
  end if;
  if p_mode = 'resume' and p_run.status = 'succeeded' then
    perform engine.raise('RB409', 'The run succeeded, so there is nothing to resume.', 'Use from_step or restart to run it again.');
  end if;
  if p_mode = 'from_step' and not exists (
    select from engine.plan_steps where (workflow_id, version, step_key) = (p_run.workflow_id, p_version, p_step) and role is distinct from 'rollback'
  ) then
    perform engine.raise('RB422', format('Version %s has no step "%s".', p_version, coalesce(p_step, '')), 'Choose one of its steps.');
  end if;
  if (select status from public.workflows where id = p_run.workflow_id) = 'archived' then
    perform engine.raise('RB409', 'The workflow is archived, so its runs cannot be retried.', 'Restore the workflow first.');
  end if;
end $$;
