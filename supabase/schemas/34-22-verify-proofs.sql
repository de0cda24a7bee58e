-- Checks the proof chain of a run as it is stored: each row is something that does not hold, so no row means that all of it does. For
-- operators; a run's page and the command line check the same from the file they export.
create function engine.verify_proofs(p_run uuid)
returns table (n int, problem text) language plpgsql stable set search_path = ''
as $$
begin
  return query
  with run as (
    select plan_hash, proof_head, proof_count from public.runs where id = p_run
  ), chain as (
    select proof.*, lag(proof.hash, 1, run.plan_hash) over (order by proof.n) as before, row_number() over (order by proof.n) as place,
      engine.proof_hash(p_run, proof.n, proof.step_key, proof.item_path, proof.attempt, jsonb_strip_nulls(jsonb_build_object(
        'verifier', proof.verifier, 'kind', proof.kind, 'required', proof.required, 'verdict', proof.verdict, 'score', proof.score,
        'evidenceHash', proof.evidence_hash)), proof.prev_hash, proof.at) as made
    from public.proofs as proof cross join run where proof.run_id = p_run
  )
  select chain.n, wrong from chain cross join lateral (values
    (case when chain.n <> place then 'a proof before it is missing' end),
    (case when prev_hash <> before then 'it does not follow on the one before' end),
    (case when hash <> made then 'it is not what was hashed' end),
    (case when evidence_hash <> encode(sha256(convert_to(engine.canonical_json(evidence), 'UTF8')), 'hex') then 'its evidence is not what was hashed' end)
  ) as checks (wrong) where wrong is not null
  union all
  select run.proof_count, 'the run counts other proofs than there are' from run where run.proof_count <> (select count(*) from chain)
  union all
  select run.proof_count, 'the run''s head is not the hash of the last proof' from run
  where run.proof_head is distinct from (select hash from chain order by chain.n desc limit 1)
  order by 1, 2;
end $$;
