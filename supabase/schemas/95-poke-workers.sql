-- Wakes a worker over HTTP where no process of ours runs beside the database: sweeps, and calls the run-steps function when steps are
-- ready. Scheduled by 95-schedule.sql; needs pg_net, and in Supabase Vault the secrets `runboard_functions_url` and
-- `runboard_worker_secret`.
create function engine.poke_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  functions_url text;
  worker_secret text;
begin
  perform engine.sweep();
  if not exists (select from public.steps where status = 'ready') and not engine.firings_due() then
    return;
  end if;
  execute $sql$
    select
      max(decrypted_secret) filter (where name = 'runboard_functions_url'),
      max(decrypted_secret) filter (where name = 'runboard_worker_secret')
    from vault.decrypted_secrets
  $sql$ into functions_url, worker_secret;
  if functions_url is null or worker_secret is null then
    raise warning 'Steps are ready, but the secrets runboard_functions_url and runboard_worker_secret are not in the vault.';
    return;
  end if;
  execute 'select net.http_post(url := $1, headers := $2, body := $3)'
  using
    rtrim(functions_url, '/') || '/run-steps',
    jsonb_build_object('content-type', 'application/json', 'x-runboard-worker', worker_secret),
    '{}'::jsonb;
end $$;

revoke all on function engine.poke_workers() from public, anon, authenticated, service_role;
