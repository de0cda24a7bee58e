-- Refuses UPDATE, DELETE and TRUNCATE; the trigger of tables that are only ever added to.
create function engine.refuse_change()
returns trigger language plpgsql set search_path = ''
as $$
begin
  perform engine.raise(
    'RB405',
    format('Rows of %s are never changed: %s was refused.', tg_table_name, tg_op),
    'Add a new row instead.'
  );
  return null;
end $$;
