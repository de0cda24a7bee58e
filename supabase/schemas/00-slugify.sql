-- Makes a slug of any text: `Site check #2` becomes `site-check-2`; text without a usable letter becomes the fallback.
create function engine.slugify(p_text text, p_fallback text)
returns text language sql immutable set search_path = ''
as $$
  select coalesce(
    nullif(
      rtrim(left(
        regexp_replace(
          regexp_replace(
            -- Letters with marks become the letter.
            regexp_replace(lower(normalize(p_text, nfkd)), '[\u0300-\u036f]', '', 'g'),
            '[^a-z0-9]+', '-', 'g'
          ),
          '^[^a-z]+', ''
        ),
        48
      ), '-'),
      ''
    ),
    p_fallback
  )
$$;
