-- The hash of one audit row: SHA-256 over the row as a JSON array and the hash before it, 64 lower-case hex characters.
create function engine.audit_hash(
  p_workspace uuid, p_n bigint, p_actor uuid, p_verb text, p_subject text, p_data jsonb, p_at timestamptz, p_prev_hash text
)
returns text language sql immutable set search_path = ''
as $$
  select encode(
    sha256(convert_to(
      jsonb_build_array(
        p_prev_hash, p_workspace, p_n, p_actor, p_verb, p_subject, p_data, (extract(epoch from p_at) * 1000000)::bigint
      )::text,
      'UTF8'
    )),
    'hex'
  )
$$;
