-- Keeps in step with a connection's limits which plan steps are looked at when they are claimed, and lets those go that waited for old limits.
create function engine.gate_connection()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform engine.gate_steps(old.workspace_id, null, null, old.slug);
    old.limits := null;
    perform engine.release_connection(old);
    return null;
  end if;
  perform engine.gate_steps(new.workspace_id, null, null, new.slug);
  perform engine.release_connection(new);
  return null;
end $$;

create trigger connections_gate_new after insert on public.connections
  for each row when (new.limits is not null) execute function engine.gate_connection();
create trigger connections_gate after update of limits on public.connections
  for each row when (new.limits is distinct from old.limits) execute function engine.gate_connection();
create trigger connections_open after delete on public.connections
  for each row when (old.limits is not null) execute function engine.gate_connection();
