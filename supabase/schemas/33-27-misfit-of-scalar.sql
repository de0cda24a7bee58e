-- Why a text or a number does not satisfy the bounds of a schema; called by engine.misfit.
create function engine.misfit_of_scalar(p_schema jsonb, p_value jsonb, p_place text)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  amount numeric;
begin
  if jsonb_typeof(p_value) = 'string' then
    amount := length(p_value #>> '{}');
    return case
      when amount < (p_schema ->> 'minLength')::numeric then format('%s: is shorter than %s', p_place, p_schema ->> 'minLength')
      when amount > (p_schema ->> 'maxLength')::numeric then format('%s: is longer than %s', p_place, p_schema ->> 'maxLength')
    end;
  elsif jsonb_typeof(p_value) <> 'number' then
    return null;
  end if;
  amount := (p_value #>> '{}')::numeric;
  return case
    when amount < (p_schema ->> 'minimum')::numeric then format('%s: is less than %s', p_place, p_schema ->> 'minimum')
    when amount > (p_schema ->> 'maximum')::numeric then format('%s: is more than %s', p_place, p_schema ->> 'maximum')
    when amount <= (p_schema ->> 'exclusiveMinimum')::numeric then format('%s: is not more than %s', p_place, p_schema ->> 'exclusiveMinimum')
    when amount >= (p_schema ->> 'exclusiveMaximum')::numeric then format('%s: is not less than %s', p_place, p_schema ->> 'exclusiveMaximum')
    when mod(amount, nullif((p_schema ->> 'multipleOf')::numeric, 0)) <> 0 then format('%s: is no multiple of %s', p_place, p_schema ->> 'multipleOf')
  end;
end $$;
