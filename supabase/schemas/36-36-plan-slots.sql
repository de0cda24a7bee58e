-- Writes down the slots of a schedule that are due and when to look again, unless another engine did so since: `p_seen` is `next_at` as it
-- was. `p_plan` {slots: [{slot, at}], cursor, next}, times in milliseconds. Returns whether it was ours to write.
create function engine.plan_slots(p_trigger uuid, p_seen text, p_plan jsonb)
returns boolean language plpgsql security definer set search_path = ''
as $$
declare
  source public.triggers;
begin
  update public.triggers
  set cursor_at = to_timestamp((p_plan ->> 'cursor')::double precision / 1000),
    next_at = to_timestamp((p_plan ->> 'next')::double precision / 1000)
  where id = p_trigger and live and enabled and triggers.next_at = p_seen::timestamptz
  returning * into source;
  if source.id is null then
    return false;
  end if;
  insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, due_at, slot_at)
  select source.workspace_id, source.workflow_id, source.id, engine.iso_time(to_timestamp(slot / 1000)), to_timestamp(at / 1000),
    to_timestamp(slot / 1000)
  from jsonb_to_recordset(p_plan -> 'slots') as due (slot double precision, at double precision)
  where exists (select from public.workflows where id = source.workflow_id and status <> 'archived')
  on conflict (workflow_id, trigger_id, dedupe_key) do nothing;
  return true;
end $$;
