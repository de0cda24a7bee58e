-- The version a retry runs: the run's own (null), `live`, or a number. Raises when there is none.
create function engine.retry_version(p_run public.runs, p_version text)
returns int language plpgsql stable set search_path = ''
as $$
declare
  chosen int;
begin
  if p_version is null then
    return p_run.version;
  end if;
  if p_version = 'draft' then
    perform engine.raise('RB422', 'A draft is not a version yet.', 'Store it as a test version with the publish function, then give its number.');
  elsif p_version = 'live' then
    select live_version into chosen from public.workflows where id = p_run.workflow_id;
  elsif p_version ~ '^\d{1,9}$' then
    select n into chosen from public.versions where workflow_id = p_run.workflow_id and n = p_version::int;
  end if;
  if chosen is null then
    perform engine.raise('RB422', format('There is no version "%s" of this workflow.', p_version), 'Give a number, or "live".');
  end if;
  return chosen;
end $$;
