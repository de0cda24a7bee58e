import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { setRolePasswords } from "../supabase/embedded/bootstrap.ts";
import { startTestPostgres } from "./postgres.ts";
import { applySchemas } from "./schema-files.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Superuser URL of the database every test file clones; set by `global-setup.ts`. */
    templateUrl: string;
  }
}

export interface Template {
  /** Superuser URL of the finished template. Nobody may keep a connection to it open. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a throwaway Postgres whose database `template` has the bootstrap and all of `supabase/schemas`. */
export async function buildTemplate(): Promise<Template> {
  const server = await startTestPostgres();
  try {
    await applySchemas(server.url);
    await setRolePasswords(server.url, { runboard_engine: new URL(server.url).password });
  } catch (cause) {
    await server.stop();
    throw cause;
  }
  return { url: server.url, stop: server.stop };
}

/**
 * Copies a database of the same server; takes tens of milliseconds.
 * @param templateUrl superuser URL; its database must have no connections
 * @returns superuser URL of the copy
 */
export async function cloneTemplate(templateUrl: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const template = new URL(templateUrl).pathname.slice(1);
  await onServer(
    templateUrl,
    (sql) => sql`create database ${sql(name)} template ${sql(template)} owner postgres`,
  );
  return onDatabase(templateUrl, name);
}

export interface TestDatabase {
  /** Superuser URL. */
  readonly url: string;
  /** URL of the login role the workers use. */
  readonly engineUrl: string;
  /** Superuser connections: row security does not apply. */
  readonly sql: postgres.Sql;
  /** Makes an account, as a sign-up would, and returns its id. */
  createUser(email: string): Promise<string>;
  /** Connections that see what this account sees through REST. Claims are added to those of its token. */
  asUser(userId: string, claims?: Readonly<Record<string, unknown>>): postgres.Sql;
  /** Connections that see what a request without a session sees. */
  asAnon(): postgres.Sql;
  /** Connections with the rights of the workers' role. */
  asEngine(): postgres.Sql;
  /** Connections with the rights of any other role. */
  asRole(role: string): postgres.Sql;
  /** Closes every connection made here and drops the database. */
  drop(): Promise<void>;
}

/** A fresh database for one test file. The caller drops it (`afterAll`). */
export async function createTestDatabase(): Promise<TestDatabase> {
  // Loaded late, because scripts and benches use the rest of this file outside of Vitest.
  const { inject } = await import("vitest");
  return openTestDatabase(await cloneTemplate(inject("templateUrl")));
}

/** Wraps an existing test database, for tests that built it another way. */
export function openTestDatabase(url: string): TestDatabase {
  const open = new Map<string, postgres.Sql>();
  function connect(key: string, settings: Record<string, string>): postgres.Sql {
    const known = open.get(key);
    if (known) return known;
    const made = postgres(url, { max: 4, onnotice: () => {}, connection: settings });
    open.set(key, made);
    return made;
  }
  const sql = connect("admin", {});

  async function createUser(email: string): Promise<string> {
    const id = randomUUID();
    await sql`insert into auth.users (id, email, email_confirmed_at) values (${id}, ${email}, now())`;
    return id;
  }
  function asUser(userId: string, claims: Readonly<Record<string, unknown>> = {}): postgres.Sql {
    const token = JSON.stringify({ sub: userId, role: "authenticated", is_anonymous: false, ...claims });
    return connect(token, { role: "authenticated", "request.jwt.claims": token });
  }
  async function drop(): Promise<void> {
    await Promise.all([...open.values()].map((connection) => connection.end({ timeout: 1 })));
    const name = new URL(url).pathname.slice(1);
    await onServer(url, (server) => server`drop database if exists ${server(name)} with (force)`);
  }
  const engineUrl = new URL(url);
  engineUrl.username = "runboard_engine";
  return {
    url,
    engineUrl: engineUrl.href,
    sql,
    createUser,
    asUser,
    asAnon: () => connect("anon", { role: "anon", "request.jwt.claims": '{"role":"anon"}' }),
    asEngine: () => connect("engine", { role: "runboard_engine" }),
    asRole: (role) => connect(`role ${role}`, { role }),
    drop,
  };
}

function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function onServer(url: string, query: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(onDatabase(url, "postgres"), { max: 1, onnotice: () => {} });
  try {
    await query(sql);
  } finally {
    await sql.end();
  }
}
