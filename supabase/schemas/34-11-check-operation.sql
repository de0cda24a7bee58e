-- Refuses an operation whose filter or options nobody could mean: unknown words, values of another type, a mode or version that is none.
create function engine.check_operation(p_verb text, p_filter jsonb, p_options jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  known constant text[] := array['workflow', 'lane', 'status', 'error_code', 'ids', 'from', 'to'];
  wanted constant text[] := case p_verb when 'retry' then array['mode', 'step', 'version', 'canary', 'preview']
    when 'move' then array['lane', 'preview'] else array['preview'] end;
  wrong text;
begin
  if jsonb_typeof(p_filter) is distinct from 'object' or p_filter = '{}' then
    perform engine.raise('RB422', 'An operation needs a filter.', 'Filter by: ' || array_to_string(known, ', ') || '.');
  end if;
  select key into wrong from jsonb_object_keys(p_filter) as key where key <> all (known) limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('"%s" is nothing to filter by.', wrong), 'Filter by: ' || array_to_string(known, ', ') || '.');
  end if;
  select key into wrong from jsonb_object_keys(p_options) as key where key <> all (wanted) limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('"%s" is no option of this.', wrong), 'Options: ' || array_to_string(wanted, ', ') || '.');
  end if;
  wrong := engine.misfit('{"properties": {"workflow": {"type": "string"}, "lane": {"type": "string"}, "error_code": {"type": "string"},
    "from": {"type": "string"}, "to": {"type": "string"}, "ids": {"type": "array", "items": {"type": "string"}, "maxItems": 50000},
    "status": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}}', p_filter);
  if wrong is not null then
    perform engine.raise('RB422', format('The filter does not fit: %s.', wrong), 'Ids are uuids, times are ISO 8601.');
  end if;
  if p_verb = 'retry' and p_options ->> 'mode' not in ('resume', 'from_step', 'restart') then
    perform engine.raise('RB422', format('"%s" is not a way to retry.', p_options ->> 'mode'), 'Ways: resume, from_step, restart.');
  elsif p_verb = 'retry' and p_options ->> 'mode' = 'from_step' and not p_options ? 'step' then
    perform engine.raise('RB422', 'from_step needs the step to start at.', 'Name it as `step`.');
  elsif p_verb = 'retry' and p_options ? 'version' and p_options ->> 'version' !~ '^(live|\d{1,9})$' then
    perform engine.raise('RB422', format('"%s" is not a version.', p_options ->> 'version'), 'Give a number, or "live".');
  elsif p_verb = 'move' and not p_options ? 'lane' then
    perform engine.raise('RB422', 'A move needs the lane to move to.', 'Name it as `lane`.');
  end if;
end $$;
