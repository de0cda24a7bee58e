-- The smaller amount of each of two sets of budgets; null when neither has any.
create function engine.least_budgets(p_one jsonb, p_other jsonb)
returns jsonb language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select jsonb_object_agg(name, amount) from (
      select name, min((amount #>> '{}')::numeric) as amount
      from (select * from jsonb_each(p_one) union all select * from jsonb_each(p_other)) as budget (name, amount) group by name
    ) as least);
end $$;
