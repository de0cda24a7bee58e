import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../postgres.ts";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let server: TestPostgres;
let stack: TestStack;
beforeAll(async () => {
  // A server as it comes: no logical log, so Realtime has to read the table instead of following.
  server = await startTestPostgres({ settings: ["wal_level=replica"] });
  stack = await startTestStack({ databaseUrl: await server.cloneDatabase() });
});
afterAll(async () => {
  await stack.stop();
  await server.stop();
});

test("the stack runs on a Postgres it did not start", async () => {
  const { client } = await stack.newUser();
  await client.from("notes").insert({ title: "elsewhere" });
  expect((await client.from("notes").select("title")).data).toEqual([{ title: "elsewhere" }]);
});

test("messages of the database arrive without a logical log, each once", async () => {
  const { client, id } = await stack.newUser();
  const sql = postgres(stack.database.adminUrl, { max: 1, onnotice: () => {} });
  await sql`insert into rooms (id, title) values ('tea', 'Tea')`;
  await sql`insert into members (room_id, user_id) values ('tea', ${id})`;
  const metrics = await (await fetch(`${stack.url}/metrics`)).text();
  expect(metrics).toContain('runboard_realtime_feed{mode="polling"} 1');
  const heard: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    client
      .channel("room:tea", { config: { private: true } })
      .on("broadcast", { event: "*" }, ({ event, payload }) => {
        if (event === "end") resolve();
        else heard.push(payload["n"]);
      })
      .subscribe((status) => {
        if (status !== "SUBSCRIBED") return;
        void sql`select realtime.send(jsonb_build_object('n', n), 'count', 'room:tea', true) from generate_series(1, 3) n`
          .then(() => new Promise((wait) => setTimeout(wait, 600)))
          .then(() => sql`select realtime.send('{}', 'end', 'room:tea', true)`);
      });
  });
  await done;
  await sql.end();
  expect(heard.toSorted()).toEqual([1, 2, 3]);
});

test("a database that does not answer is named", async () => {
  await expect(startTestStack({ databaseUrl: "postgres://a:b@127.0.0.1:1/x" })).rejects.toThrow(
    "The database at 127.0.0.1:1 does not answer",
  );
});
