import type postgres from "postgres";

/** Everything in our schemas, and our policies in the platform's, as sorted lines of text: two equal dumps, one database. */
export async function dumpCatalogue(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql`
    with ours as (
      select oid from pg_namespace where nspname in ('public', 'engine')
    )
    select 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') as line
    from pg_namespace where oid in (select oid from ours)
    union all
    select format('relation %s kind=%s rls=%s forced=%s acl=%s options=%s partition=%s', c.oid::regclass, c.relkind, c.relrowsecurity,
      c.relforcerowsecurity, c.relacl, c.reloptions, pg_get_expr(c.relpartbound, c.oid))
    from pg_class c where c.relnamespace in (select oid from ours) and c.relkind not in ('i', 'I', 't')
    union all
    select format('column %s.%s #%s %s null=%s default=%s identity=%s generated=%s acl=%s', a.attrelid::regclass, a.attname, a.attnum,
      format_type(a.atttypid, a.atttypmod), not a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attacl)
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    where c.relnamespace in (select oid from ours) and c.relkind not in ('i', 'I', 't') and a.attnum > 0 and not a.attisdropped
    union all
    select format('constraint %s on %s %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid))
    from pg_constraint k where k.connamespace in (select oid from ours)
    union all
    select 'index ' || pg_get_indexdef(i.indexrelid) from pg_index i
    join pg_class c on c.oid = i.indexrelid where c.relnamespace in (select oid from ours)
    union all
    select format('function %s acl=%s %s', p.oid::regprocedure, p.proacl, pg_get_functiondef(p.oid))
    from pg_proc p where p.pronamespace in (select oid from ours) and p.prokind <> 'a'
    union all
    select format('trigger enabled=%s %s', t.tgenabled, pg_get_triggerdef(t.oid)) from pg_trigger t
    join pg_proc p on p.oid = t.tgfoid where not t.tgisinternal and p.pronamespace in (select oid from ours)
    union all
    select format('policy %s on %s.%s %s %s to %s using %s check %s', policyname, schemaname, tablename, permissive, cmd, roles, qual,
      with_check)
    from pg_policies
    union all
    select format('type %s %s', t.oid::regtype, t.typtype) from pg_type t
    where t.typnamespace in (select oid from ours) and t.typtype in ('e', 'd')
    union all
    select format('enum %s %s %s', e.enumtypid::regtype, e.enumsortorder, e.enumlabel) from pg_enum e
    join pg_type t on t.oid = e.enumtypid where t.typnamespace in (select oid from ours)
    union all
    select format('default privileges %s %s %s %s', defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl) from pg_default_acl
    union all
    select format('bucket %s public=%s', id, public) from storage.buckets
    union all
    select 'error code ' || code || ' ' || status || ' ' || meaning from engine.error_codes
    union all
    select format('step move %s', m) from engine.step_moves as m
    union all
    select format('run move %s', m) from engine.run_moves as m
    order by 1`;
  return rows.map((row) => row["line"]);
}
