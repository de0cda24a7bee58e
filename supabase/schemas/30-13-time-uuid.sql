-- A UUID of version 7: its first 48 bits are the time in milliseconds, the rest is random. Rows of runs made together so stand together in
-- every index; with random ids each run of a large installation touched pages of its own.
create function engine.time_uuid(p_at timestamptz)
returns uuid language plpgsql volatile set search_path = ''
as $$
begin
  return encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing substring(int8send(floor(extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid;
end $$;
