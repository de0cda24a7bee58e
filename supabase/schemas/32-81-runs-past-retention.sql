-- Ended runs older than their workflow's `retentionDays`, oldest first per version, at most `p_limit`. A run stays while another one leans on
-- what it stored: a retry that reuses its outputs, or the parent that took its output over.
create function engine.runs_past_retention(p_limit int)
returns uuid[] language plpgsql stable set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  return array(
    select old.id
    from public.versions as version
    cross join lateral (
      select at - make_interval(days => coalesce((version.plan -> 'settings' ->> 'retentionDays')::int, 90)) as before
    ) as kept
    cross join lateral (
      select run.id from public.runs as run
      where (run.workflow_id, run.version) = (version.workflow_id, version.n)
        and run.created_at < kept.before and run.finished_at < kept.before
        and not exists (select from public.runs as retry where retry.retry_of = run.id)
        and not exists (select from public.runs as parent where parent.id = run.parent_run_id)
      order by run.created_at limit p_limit
    ) as old
    limit p_limit);
end $$;
