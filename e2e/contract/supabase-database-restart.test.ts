// A database that is not ours restarts while everybody uses it: the host stays, and everything answers again.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startPostgres } from "../../supabase/embedded/postgres.ts";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

const folder = mkdtempSync(join(tmpdir(), "runboard-restart-"));
const cluster = {
  dir: join(folder, "data"),
  password: randomUUID(),
  durable: true,
  settings: ["wal_level=logical"],
};
let server: Awaited<ReturnType<typeof startPostgres>>;
let stack: TestStack;

beforeAll(async () => {
  server = await startPostgres(cluster);
  stack = await startTestStack({ databaseUrl: server.url });
});
afterAll(async () => {
  await stack.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Ends the server without a checkpoint, and starts it again. */
async function powerCut(meanwhile = async () => {}): Promise<void> {
  const { port } = server;
  await server.kill();
  await meanwhile();
  server = await startPostgres({ ...cluster, port });
}

const eventually = async (holds: () => Promise<boolean>) => {
  const until = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error("It did not come back.");
    await wait(50);
  }
};

test("requests, channels and accounts go on after the database was cut from power under load", async () => {
  // A line per request that failed meanwhile.
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { client, id, email, password } = await stack.newUser();
  const rooms = postgres(stack.database.adminUrl, { max: 1, onnotice: () => {} });
  await rooms`insert into rooms (id, title) values ('tea', 'Tea')`;
  await rooms`insert into members (room_id, user_id) values ('tea', ${id})`;
  const heard = new Set<unknown>();
  await new Promise<void>((joined) => {
    client
      .channel("room:tea", { config: { private: true } })
      .on("broadcast", { event: "count" }, ({ payload }) => heard.add(payload["n"]))
      .subscribe((status) => status === "SUBSCRIBED" && joined());
  });

  for (let cut = 1; cut <= 3; cut += 1) {
    const load = { busy: true, answered: 0 };
    const loops = Array.from({ length: 24 }, async () => {
      while (load.busy) {
        const { error } = await client.from("notes").select("title").limit(1);
        if (error) await wait(1);
        else load.answered += 1;
      }
    });
    await eventually(async () => load.answered > 100);
    await powerCut();
    load.answered = 0;
    await eventually(async () => load.answered > 100);
    load.busy = false;
    await Promise.all(loops);
    // More at once than there are connections: each of them must work.
    const all = await Promise.all(
      Array.from({ length: 50 }, () => client.from("notes").insert({ title: `after cut ${cut}` })),
    );
    expect(all.filter(({ error }) => error)).toEqual([]);
    await eventually(async () => {
      await rooms`select realtime.send(jsonb_build_object('n', ${cut}::int), 'count', 'room:tea', true)`.catch(
        () => {},
      );
      return heard.has(cut);
    });
  }
  const again = await stack.client().auth.signInWithPassword({ email, password });
  expect(again.error).toBe(null);
  expect((await fetch(`${stack.url}/metrics`)).status).toBe(200);
  await rooms.end();
}, 120_000);

test("while the database is away it says so, to be tried again, and keeps its address to itself", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { client } = await stack.newUser();
  await powerCut(async () => {
    const rows = await client.from("notes").select("title");
    expect([rows.status, rows.error]).toEqual([
      503,
      {
        code: "PGRST001",
        error_code: "unexpected_failure",
        message: "The database does not answer.",
        msg: "The database does not answer.",
        details: null,
        hint: "It is being tried again; ask again in a moment.",
      },
    ]);
  });
  await eventually(async () => (await client.from("notes").select("title")).error === null);
});
