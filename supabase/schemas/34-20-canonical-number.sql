-- A JSON number as canonical JSON (RFC 8785) writes it: the shortest digits of its double, plain from 1e-6 up to 1e21, else with an exponent.
create function engine.canonical_number(p_value numeric)
returns text language plpgsql immutable set search_path = '' set extra_float_digits = 1
as $$
declare
  exact constant numeric := p_value::double precision::text::numeric;
  plain constant text := trim_scale(abs(exact))::text;
  digits constant text := rtrim(ltrim(replace(plain, '.', ''), '0'), '0');
  exponent int;
begin
  if exact = 0 then
    return '0';
  elsif abs(exact) >= 1e-6 and abs(exact) < 1e21 then
    return trim_scale(exact)::text;
  end if;
  exponent := case when abs(exact) >= 1 then length(split_part(plain, '.', 1)) - 1
    else -1 - length(substring(plain from '^0\.(0*)')) end;
  return case when exact < 0 then '-' else '' end || left(digits, 1) || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end
    || 'e' || case when exponent > 0 then '+' else '' end || exponent;
end $$;
