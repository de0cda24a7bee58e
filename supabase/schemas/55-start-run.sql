-- Starts a run of a workflow. Options: version (a number or "live"), lane, priority, budgets (the smaller of these and the workflow's count),
-- idempotency_key (the same key and input return the first run; the header Idempotency-Key says the same), mode, title, trigger_kind. Operators.
create function public.start_run(workflow uuid, input jsonb default '{}', options jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  actor constant uuid := engine.require_role((select workspace_id from public.workflows where id = workflow), 'operator', 'workflow');
  started jsonb;
begin
  if (options ->> 'mode') is not null and options ->> 'mode' not in ('live', 'dry_run', 'sandbox') then
    perform engine.raise('RB422', format('"%s" is not a mode.', options ->> 'mode'), 'Modes: live, dry_run, sandbox.');
  end if;
  if coalesce(options ->> 'trigger_kind', 'manual') not in ('manual', 'api', 'cli', 'mcp') then
    perform engine.raise('RB422', format('A person cannot start a run as "%s".', options ->> 'trigger_kind'), 'Use manual, api, cli or mcp.');
  end if;
  if options ? 'budgets' then
    perform engine.check_budgets(options -> 'budgets');
  end if;
  started := engine.start_run_as(actor, workflow, input, jsonb_strip_nulls(jsonb_build_object(
    'idempotency_key', engine.request_header('idempotency-key'))) || (options - 'facts'));
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  return started;
end $$;
