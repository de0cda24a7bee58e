-- Refuses a draft that is no canvas document or is over 10 MB; create_workflow and save_draft call it. What is in the document is
-- the compiler's business: an unfinished draft may be saved.
create function engine.check_draft_doc(p_doc jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  if p_doc is null or jsonb_typeof(p_doc) <> 'object' or jsonb_typeof(p_doc -> 'nodes') is distinct from 'array'
    or jsonb_typeof(p_doc -> 'edges') is distinct from 'array' then
    perform engine.raise(
      'RB422',
      'This is not a canvas document: it needs the lists nodes and edges.',
      'Open the document in the builder, or check the file you import.'
    );
  end if;
  if octet_length(p_doc::text) > 10 * 1024 * 1024 then
    perform engine.raise(
      'RB413', 'The canvas document is over 10 MB.', 'Move large literals and pinned outputs out of the workflow.'
    );
  end if;
end $$;
