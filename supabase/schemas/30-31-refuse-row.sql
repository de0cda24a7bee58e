-- Refuses a step whose columns contradict its status; called by the triggers on steps.
create function engine.refuse_row(p_step text)
returns void language plpgsql set search_path = ''
as $$
begin
  perform engine.raise(
    'RB001', format('Step %s would have a status that its lease, reason, times, error or counters contradict.', p_step),
    'This is a fault of the engine; nothing was changed.'
  );
end $$;
