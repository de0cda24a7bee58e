// What patches/postgres+3.4.9.patch mends in the driver (docs/adr/0023): what happens to connections, and to those who hold one, when one closes.
import { Socket } from "node:net";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
const pools: postgres.Sql[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((sql) => sql.end({ timeout: 1 })));
});
afterAll(() => database.drop());

interface Pool {
  sql: postgres.Sql;
  /** Those it has had. */
  sockets: Socket[];
  /** From now on it connects to this port; returns the one before. */
  toPort(port: number): number;
}

/** A pool of one open connection. */
async function openPool(): Promise<Pool> {
  const sockets: Socket[] = [];
  const { hostname, port } = new URL(database.url);
  let at = Number(port);
  const options = {
    max: 1,
    fetch_types: false,
    connect_timeout: 2,
    backoff: false,
    socket: () => {
      const socket = new Socket().connect(at, hostname);
      sockets.push(socket);
      return socket;
    },
  };
  // An option the driver documents but has no type for.
  const sql = postgres(database.url, options);
  pools.push(sql);
  await sql`select 0`;
  const toPort = (next: number) => {
    const before = at;
    at = next;
    return before;
  };
  return { sql, sockets, toPort };
}

/** The code of the error a query fails with, or its rows. */
const outcomeOf = (query: Promise<unknown>) =>
  query.then(
    (rows) => JSON.stringify(rows),
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
const pidOf = async (sql: postgres.ISql) =>
  (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid ?? 0;
const endSession = (pid: number) => database.sql`select pg_terminate_backend(${pid}, 5000)`;
const gone = expect.stringMatching(/^(57P01|CONNECTION_CLOSED|ECONNRESET|EPIPE)$/);

it("opens a connection again that closed between asking and sending", async () => {
  const { sql, sockets } = await openPool();
  const asked = outcomeOf(sql`select 2 as two`);
  // A few steps later the driver holds the query's bytes; it sends them at the end of this turn.
  for (let step = 0; step < 5; step += 1) await Promise.resolve();
  sockets[0]?.destroy();
  sockets[0]?.emit("close", false);
  expect(await asked).toBe("CONNECTION_CLOSED");
  expect(await outcomeOf(sql`select 3 as three`)).toBe('[{"three":3}]');
});

it("fails a transaction whose connection is lost, and what it asks afterwards, and nothing else", async () => {
  const { sql } = await openPool();
  const inside: unknown[] = [];
  let ended = () => {};
  const over = new Promise<void>((done) => (ended = done));
  const transaction = outcomeOf(
    sql.begin(async (tx) => {
      await endSession(await pidOf(tx));
      inside.push(await outcomeOf(tx`select 1`));
      await new Promise((done) => setTimeout(done, 50));
      inside.push(await outcomeOf(tx`select 2`));
      ended();
    }),
  );
  expect(await transaction).toEqual(gone);
  await over;
  expect(inside).toEqual([gone, "CONNECTION_CLOSED"]);
  expect(await outcomeOf(sql`select 3 as three`)).toBe('[{"three":3}]');
});

it("answers whoever reserved a connection that it was lost, also those who queue for it", async () => {
  const { sql } = await openPool();
  const reserved = await sql.reserve();
  await endSession(await pidOf(reserved));
  const asked = [1, 2, 3].map((n) => outcomeOf(reserved`select ${n}::int as n`));
  expect(await Promise.all(asked)).toEqual([gone, gone, gone]);
  expect(await outcomeOf(reserved`select 4 as four`)).toBe("CONNECTION_CLOSED");
});

it("keeps somebody whose reservation was lost out of the connection's next life", async () => {
  const { sql } = await openPool();
  const lost = await sql.reserve();
  await endSession(await pidOf(lost));
  await lost`select 1`.catch(() => {});
  const next = await sql.reserve();
  await next`begin`;
  expect(await outcomeOf(lost`rollback`)).toBe("CONNECTION_CLOSED");
  lost.release();
  expect(await outcomeOf(next`select txid_current_if_assigned() is null as open`)).toBe('[{"open":true}]');
  await next`commit`;
  next.release();
  expect(await outcomeOf(sql`select 5 as five`)).toBe('[{"five":5}]');
});

it("gives a later reservation the connection that an earlier one could not open", async () => {
  const { sql, sockets, toPort } = await openPool();
  const right = toPort(1);
  sockets[0]?.destroy();
  await new Promise((done) => sockets[0]?.once("close", done));
  await expect(sql.reserve()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  toPort(right);
  const reserved = await sql.reserve();
  expect(await outcomeOf(reserved`select 1 as one`)).toBe('[{"one":1}]');
  reserved.release();
  expect(await outcomeOf(sql`select 2 as two`)).toBe('[{"two":2}]');
});

it("does not let an answer that broke off reach into the next one", async () => {
  const { sql, sockets } = await openPool();
  const asked = outcomeOf(sql`select n, repeat('x', 1000) as text from generate_series(1, 100000) as n`);
  await new Promise((done) => sockets[0]?.once("data", done));
  sockets[0]?.destroy();
  expect(await asked).toBe("CONNECTION_CLOSED");
  expect(await outcomeOf(sql`select 2 as two`)).toBe('[{"two":2}]');
});
