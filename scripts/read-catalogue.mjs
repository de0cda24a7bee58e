// What the type generator needs from Postgres' catalogue, as plain rows in a stable order.

/** Columns of every table of the API: {relation, name, type, nullable, words}; `words` are those a check allows, or null. */
export async function readColumns(sql) {
  const columns = await sql`
    select
      c.relname as relation, a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
      (
        select pg_get_constraintdef(k.oid) from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
          and pg_get_constraintdef(k.oid) like '%= ANY (ARRAY[%'
        order by k.conname limit 1
      ) as allowed
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
    order by c.relname, a.attnum`;
  return columns.map(({ allowed, ...column }) => ({
    ...column,
    words: allowed === null ? null : [...allowed.matchAll(/'([^']*)'::text/g)].map((match) => match[1]),
  }));
}

/** Foreign keys between tables of the API, as PostgREST follows them when embedding. */
export async function readForeignKeys(sql) {
  return sql`
    select
      k.conname as name, c.relname as relation, r.relname as referenced,
      (
        select array_agg(a.attname::text order by u.position)
        from unnest(k.conkey) with ordinality as u (attnum, position)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum
      ) as columns,
      (
        select array_agg(a.attname::text order by u.position)
        from unnest(k.confkey) with ordinality as u (attnum, position)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum
      ) as referenced_columns,
      exists (
        select from pg_constraint as u
        where u.conrelid = k.conrelid and u.contype in ('p', 'u') and u.conkey @> k.conkey and u.conkey <@ k.conkey
      ) as one_to_one
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_class r on r.oid = k.confrelid
    where k.contype = 'f' and c.relnamespace = 'public'::regnamespace and r.relnamespace = 'public'::regnamespace
    order by c.relname, k.conname`;
}

/** The verbs people may call: {name, args: [{name, type, optional}], returns, returns_table}. */
export async function readVerbs(sql) {
  return sql`
    select
      p.proname as name, format_type(p.prorettype, null) as returns,
      (
        select c.relname::text from pg_class c
        where c.reltype = p.prorettype and c.relnamespace = 'public'::regnamespace
      ) as returns_table,
      coalesce(
        (
          select jsonb_agg(
            jsonb_build_object(
              'name', p.proargnames[i], 'type', format_type(p.proargtypes[i - 1], null),
              'optional', i > p.pronargs - p.pronargdefaults
            ) order by i
          )
          from generate_series(1, p.pronargs) as i
        ),
        '[]'
      ) as args
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
      and has_function_privilege('authenticated', p.oid, 'execute')
    order by p.proname`;
}
