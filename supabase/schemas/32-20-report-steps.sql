-- Takes a worker's reports in one transaction and answers with a ReportAnswer (core/worker.ts): which counted, and up to `p_claim` further
-- steps, already claimed, those just released first. A report whose attempt is not the current one changes nothing and is noted.
create function engine.report_steps(p_worker text, p_reports jsonb, p_claim int, p_lease_ms int)
returns json language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  lease constant interval := make_interval(secs => p_lease_ms / 1000.0);
  reports engine.step_report[];
  counted engine.step_report[];
  done engine.step_report[];
  facts engine.report_facts;
  taken engine.step_ref[];
  touched uuid[];
  ending boolean;
begin
  reports := engine.read_reports(p_reports);
  select array_agg(id), bool_or(is_ending) into touched, ending
  from (
    select id, is_ending from (select distinct run_id from unnest(reports) order by run_id) as reported cross join lateral (
      select id, error is not null or cancel_requested_at is not null as is_ending from public.runs
      where id = run_id offset 0 for no key update
    ) as run
  ) as locked;
  counted := engine.fence_reports(p_worker, reports);
  facts := engine.facts_of(counted, ending);
  if facts.proofs then
    perform engine.add_proofs(counted);
  end if;
  if facts.calls then
    perform engine.add_usage(counted);
  end if;
  done := case when facts.ahead then engine.add_ahead(counted) else counted end;
  perform engine.keep_attempts(done, facts, p_worker);
  if facts.plain then
    taken := engine.settle_plain(done, facts.items, p_worker, p_claim, lease);
  else
    taken := engine.settle_others(counted, p_worker, p_claim, lease);
  end if;
  perform engine.settle_runs(touched);
  if exists (select from public.connections where limits is not null) then
    perform engine.free_connections(counted);
  end if;
  if exists (select from engine.deliveries) then
    perform engine.deliver();
  end if;
  if cardinality(taken) = p_claim or not engine.may_rest(p_worker) then
    if cardinality(taken) < p_claim then
      taken := taken || engine.take_due(p_worker, p_claim - cardinality(taken), lease);
    end if;
    perform engine.wake_others(p_worker, p_claim, cardinality(taken), (select avg(active_ms) from unnest(counted)))
    from engine.workers where sleeping limit 1;
  end if;
  return json_build_object('results', engine.report_results(reports, counted), 'claimed', engine.hand_out(taken));
end $$;
