-- Refuses a move that the tables of legal moves do not have; called by the move triggers.
create function engine.refuse_move(p_what text, p_from text, p_to text, p_move text)
returns text language plpgsql set search_path = ''
as $$
begin
  perform engine.raise(
    'RB001', format('%s cannot go from %s to %s by %s.', p_what, p_from, p_to, coalesce(p_move, 'nothing')),
    'This is a fault of the engine; nothing was changed.'
  );
  return null;
end $$;
