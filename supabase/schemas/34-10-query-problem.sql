-- What is wrong with the query of an sql verifier, or null when it is one select without side effects. It must stay equal to queryProblem in
-- core/sql-guard.ts, which says the same while people type; this is the one that counts.
create function engine.query_problem(p_query text)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  -- Functions a query may call, because any other may do anything; and words that stand before a bracket.
  known constant text[] := string_to_array('abs avg bool_and bool_or btrim cardinality ceil char_length coalesce concat concat_ws count '
    'date_part date_trunc dense_rank every exists extract first_value floor greatest json_array_length jsonb_array_elements '
    'jsonb_array_elements_text jsonb_array_length jsonb_build_object jsonb_typeof lag last_value lead least left length lower ltrim '
    'make_interval max min mod now nullif position rank replace right round row_number rtrim split_part starts_with strpos substr substring '
    'sum to_char to_timestamp trim trunc unnest upper '
    'all and any array as between by case cast cross distinct else end except filter from group having ilike in inner intersect interval is '
    'join lateral left like limit not offset on or order outer over partition right select some then union using values when where with within',
    ' ');
  forbidden constant text := '\y(insert|update|delete|merge|into|copy|set|reset|call|do|execute|prepare|lock|listen|notify|vacuum|create|alter|'
    'drop|truncate|grant|revoke|table|for|operator|collate|tablesample|recursive)\y';
  -- A quote inside a text is written twice, so every literal becomes one pair, whatever it holds.
  collapsed constant text := regexp_replace(lower(p_query), '''[^'']*''', '''''', 'g');
  bare constant text := replace(collapsed, '''''', ' ');
  found text;
begin
  if collapsed ~ '[a-z0-9_&]''''' then
    return 'Texts with a prefix (E''…'', U&''…'') are not taken.';
  elsif position('''' in bare) > 0 then
    return 'A quote is never closed.';
  elsif bare ~ '--|/\*|\*/' then
    return 'Comments are not taken.';
  elsif regexp_replace(bare, '\$1\y', ' ', 'g') ~ '[;\\"$`]' then
    return 'It is one statement, without ; " \ and $ other than $1.';
  elsif bare ~ '[^\x20-\x7e\n\t\r]' then
    return 'Outside of texts only plain ASCII is taken.';
  elsif bare ~ '\y(pg_|information_schema\y)' then
    return 'The system''s own tables are not read.';
  elsif bare !~ '^\s*(select|with)\y' then
    return 'It begins with select or with.';
  end if;
  found := (regexp_match(bare, forbidden))[1];
  if found is not null then
    return format('The word "%s" is not taken: a check only reads.', found);
  end if;
  select name into found from (
    select called[1] as name from regexp_matches(bare, '([a-z_][a-z0-9_.]*)\s*\(', 'g') as called) as calls
  where name <> all (known) limit 1;
  return 'The function ' || found || ' is not taken.';
end $$;
