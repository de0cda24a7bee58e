-- An address nobody guesses: 180 random bits as 48 hex digits.
create function engine.new_hook_path()
returns text language plpgsql volatile set search_path = ''
as $$
begin
  return left(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 48);
end $$;
