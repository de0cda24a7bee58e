-- Refuses budgets that are not an object of positive amounts under known names. Called by the verbs that take budgets.
create function engine.check_budgets(p_budgets jsonb)
returns void language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_budgets) is distinct from 'object' or p_budgets = '{}' or exists (
    select from jsonb_each(p_budgets) as budget (name, amount)
    where name not in ('tokens', 'costUsd', 'calls', 'activeMs') or jsonb_typeof(amount) <> 'number' or (amount #>> '{}')::numeric <= 0
  ) then
    perform engine.raise('RB422', 'These are no budgets.', 'Give amounts above 0, e.g. {"tokens": 10000, "costUsd": 1, "calls": 50, "activeMs": 60000}.');
  end if;
end $$;
