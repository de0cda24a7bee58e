-- Numbers and chains the proofs of counted reports: `n` is dense per run, and each hash covers the one before, the first the plan's.
create function engine.add_proofs(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  draft record;
  run record;
  this_hash text;
begin
  for draft in
    select report.run_id, report.step_key, report.item_path, report.attempt, proof
    from unnest(p_reports) as report cross join jsonb_array_elements(report.proofs) with ordinality as proofs (proof, place)
    where report.proofs <> '[]'
    order by report.run_id, report.step_key, report.item_path, place
  loop
    select workspace_id, proof_count + 1 as n, coalesce(proof_head, plan_hash) as prev_hash into run
    from public.runs where id = draft.run_id;
    this_hash := engine.proof_hash(draft.run_id, run.n, draft.step_key, draft.item_path, draft.attempt, draft.proof, run.prev_hash, at);
    insert into public.proofs (
      run_id, n, workspace_id, step_key, item_path, attempt, verifier, kind, required, verdict, score, evidence, evidence_hash,
      prev_hash, hash, at)
    values (
      draft.run_id, run.n, run.workspace_id, draft.step_key, draft.item_path, draft.attempt, draft.proof ->> 'verifier',
      draft.proof ->> 'kind', (draft.proof ->> 'required')::boolean, draft.proof ->> 'verdict',
      (draft.proof ->> 'score')::double precision, coalesce(draft.proof -> 'evidence', 'null'), draft.proof ->> 'evidenceHash',
      run.prev_hash, this_hash, at);
    update public.runs set proof_count = run.n, proof_head = this_hash where id = draft.run_id;
  end loop;
end $$;
