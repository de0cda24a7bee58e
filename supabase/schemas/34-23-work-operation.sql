-- Takes one locked operation further: the next slice, the next canary stage, or its end. Returns how many runs it did something about.
create function engine.work_operation(p_operation public.operations, p_limit int)
returns int language plpgsql set search_path = ''
as $$
declare
  counted int := 0;
  seen record;
begin
  update public.operations set touched_at = engine.now() where id = p_operation.id;
  if not exists (select from public.members where workspace_id = p_operation.workspace_id and user_id = p_operation.created_by
    and engine.role_rank(role) >= engine.role_rank('operator')) then
    perform engine.end_operation(p_operation.id, 'stopped', 'Who started this may not do it any more.');
    return 0;
  end if;
  if p_operation.canary is not null and p_operation.stage < cardinality(p_operation.canary) then
    seen := engine.watch_canary(p_operation.id);
    if seen.verdict = 'stopped' then
      perform engine.end_operation(p_operation.id, 'stopped', seen.reason);
      return 1;
    elsif p_operation.done >= p_operation.canary[p_operation.stage] then
      if seen.verdict = 'wait' then
        return 0;
      end if;
      update public.operations set stage = stage + 1 where id = p_operation.id returning * into p_operation;
    end if;
  end if;
  counted := engine.work_slice(p_operation, p_limit);
  if not exists (select from public.operation_runs where operation_id = p_operation.id and status = 'pending') then
    perform engine.end_operation(p_operation.id, 'done', null);
  end if;
  return counted;
end $$;
