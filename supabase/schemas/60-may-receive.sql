-- Whether the caller may listen on a private topic: `workspace:<id>`, `run:<id>` and `workflow:<id>` for members, `run:<id>:tail`
-- (token deltas and log lines, so content) with the payload right. Any other topic, however malformed: no.
create function engine.may_receive(p_topic text)
returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  parts constant text[] := string_to_array(coalesce(p_topic, ''), ':');
  topic_id constant uuid := engine.uuid_or_null(parts[2]);
  in_workspace uuid;
begin
  if topic_id is null then
    return false;
  end if;
  if cardinality(parts) = 2 then
    case parts[1]
      when 'workspace' then in_workspace := topic_id;
      when 'run' then select workspace_id into in_workspace from public.runs where id = topic_id;
      when 'workflow' then select workspace_id into in_workspace from public.workflows where id = topic_id;
      else return false;
    end case;
    return coalesce(in_workspace = any (engine.my_workspaces()), false);
  end if;
  if cardinality(parts) = 3 and parts[1] = 'run' and parts[3] = 'tail' then
    select workspace_id into in_workspace from public.runs where id = topic_id;
    return coalesce(in_workspace = any (engine.my_payload_workspaces()), false);
  end if;
  return false;
end $$;
