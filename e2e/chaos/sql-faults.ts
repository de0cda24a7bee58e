// Faults inside the database, in test databases only: the engine's entries are wrapped, and a share of their calls ends in an error.
import type postgres from "postgres";

/** What a worker calls. */
export const engineEntries = [
  "claim_steps",
  "report_steps",
  "heartbeat",
  "mark_started",
  "record_ahead",
  "sweep",
  "worker_idle",
];

interface Signature {
  readonly args: string;
  readonly names: string[];
  readonly result: string;
  readonly identity: string;
}

/**
 * Puts a function in front of one of schema `engine`, under its name and with its rights; the wrapped one is `<name>__inner`.
 * @param body plpgsql statements; `{inner}` stands for the call of the wrapped one
 */
export async function wrapEntry(sql: postgres.Sql, name: string, body: string, declare = ""): Promise<void> {
  const [signature] = await sql<Signature[]>`
    select pg_get_function_arguments(oid) as args, proargnames as names, pg_get_function_result(oid) as result,
      pg_get_function_identity_arguments(oid) as identity
    from pg_proc where pronamespace = 'engine'::regnamespace and proname = ${name}`;
  if (!signature) throw new Error(`There is no function engine.${name}.`);
  const inner = await nextInner(sql, name);
  const call = `engine.${inner}(${(signature.names ?? []).join(", ")})`;
  await sql.unsafe(`
    alter function engine.${name}(${signature.identity}) rename to ${inner};
    create function engine.${name}(${signature.args}) returns ${signature.result}
    language plpgsql security definer set search_path = '' as $wrapped$
    declare ${declare.replaceAll("{result}", signature.result)}
    begin ${body.replaceAll("{inner}", call)} end $wrapped$;
    revoke execute on function engine.${name}(${signature.identity}) from public;
    grant execute on function engine.${name}(${signature.identity}) to runboard_engine, postgres;`);
}

async function nextInner(sql: postgres.Sql, name: string): Promise<string> {
  const [count] = await sql<{ n: number }[]>`
    select count(*)::int as n from pg_proc where pronamespace = 'engine'::regnamespace and proname like ${`${name}__inner%`}`;
  return `${name}__inner${count?.n ?? 0}`;
}

/** From now on `share` (0 at first) of the entries' calls fail with 40001, 40P01, 57014 or the end of their session (57P01). */
export async function addSqlFaults(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema chaos;
    create table chaos.faults (share double precision not null);
    insert into chaos.faults values (0);
    create function chaos.may_fail() returns void language plpgsql security definer set search_path = '' as $fail$
    begin
      if random() >= (select share from chaos.faults) then return; end if;
      case floor(random() * 4)
        when 0 then raise exception 'injected serialization failure' using errcode = '40001';
        when 1 then raise exception 'injected deadlock' using errcode = '40P01';
        when 2 then raise exception 'injected cancel' using errcode = '57014';
        else perform pg_terminate_backend(pg_backend_pid()), pg_sleep(1);
      end case;
    end $fail$;`);
  for (const name of engineEntries)
    await wrapEntry(
      sql,
      name,
      "perform chaos.may_fail(); answer := {inner}; perform chaos.may_fail(); return answer;",
      "answer {result};",
    );
}

/** @param share of the entries' calls, tossed before and after each */
export async function setSqlFaults(sql: postgres.Sql, share: number): Promise<void> {
  await sql`update chaos.faults set share = ${share}`;
}
