-- Ends an operation between two slices; runs it has not come to stay as they are. Operators.
create function public.abort_operation(operation uuid)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  target public.operations;
  actor uuid;
begin
  select * into target from public.operations where id = operation;
  actor := engine.require_role(target.workspace_id, 'operator', 'operation');
  select * into target from public.operations where id = operation for update;
  if target.status <> 'running' then
    perform engine.raise('RB409', format('The operation has ended: it is %s.', target.status), 'Start another one for what is left.');
  end if;
  perform engine.end_operation(operation, 'aborted', null);
  perform engine.write_audit(target.workspace_id, actor, 'operation.aborted', operation::text,
    jsonb_build_object('done', target.done, 'total', target.total));
  return jsonb_build_object('status', 'aborted', 'done', target.done, 'total', target.total);
end $$;
