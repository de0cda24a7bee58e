-- The hash of a proof: SHA-256 of its fields as canonical JSON (keys sorted, no spaces), evidence represented by its hash. The times are
-- written as stored, with milliseconds.
create function engine.proof_hash(
  p_run uuid, p_n int, p_step text, p_item int[], p_attempt int, p_proof jsonb, p_prev_hash text, p_at timestamptz)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return encode(sha256(convert_to(format(
    '{"at":%s,"attempt":%s,"evidenceHash":%s,"itemPath":[%s],"kind":%s,"n":%s,"prevHash":%s,"required":%s,"runId":%s,%s"stepKey":%s,"verdict":%s,"verifier":%s}',
    to_json(engine.iso_time(p_at)), p_attempt, p_proof -> 'evidenceHash', array_to_string(p_item, ','), p_proof -> 'kind', p_n,
    to_json(p_prev_hash), p_proof -> 'required', to_json(p_run),
    case when p_proof ? 'score' then '"score":' || (p_proof ->> 'score') || ',' else '' end,
    to_json(p_step), p_proof -> 'verdict', p_proof -> 'verifier'
  ), 'UTF8')), 'hex');
end $$;
