-- Checks a workspace's audit chain and returns the number of the first row that is wrong or missing; null when all is well.
create function engine.verify_audit(p_workspace uuid)
returns bigint language sql stable set search_path = ''
as $$
  with checked as (
    select
      n,
      n = row_number() over in_order
        and prev_hash = coalesce(lag(hash) over in_order, repeat('0', 64))
        and hash = engine.audit_hash(workspace_id, n, actor, verb, subject, data, at, prev_hash) as is_right
    from public.audit_log
    where workspace_id = p_workspace
    window in_order as (order by n)
  ),
  ending as (
    select coalesce(max(n), 0) as n from checked
  )
  select coalesce(
    (select min(n) from checked where not is_right),
    (select ending.n + 1 from ending, engine.audit_heads as head where head.workspace_id = p_workspace and head.n <> ending.n)
  )
$$;
