import type postgres from "postgres";
import { expect, test } from "vitest";
import { hasten, SETTINGS_MARK } from "../../supabase/embedded/statement-trips.ts";

// How a request's statements reach the database: few waits, and never anything of the caller's before its settings.

interface Sent {
  readonly text: string;
  readonly prepare: boolean;
  succeed(rows?: readonly unknown[]): void;
  fail(reason: string): void;
}

/** A driver that notes what is sent and answers when told to. */
async function openFake() {
  const sent: Sent[] = [];
  function unsafe(text: string, _values: unknown[] = [], options: { prepare?: boolean } = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let executed = false;
    function execute() {
      if (!executed) {
        executed = true;
        const prepare = options.prepare ?? false;
        sent.push({ text, prepare, succeed: resolve, fail: (reason) => reject(new Error(reason)) });
      }
      return promise;
    }
    // oxlint-disable-next-line unicorn/no-thenable -- postgres.js sends a query when somebody waits for it
    return { execute, then: (...args: Parameters<typeof promise.then>) => execute().then(...args) };
  }
  const driver = { reserve: async () => ({ unsafe }) };
  hasten(driver as unknown as postgres.Sql);
  const session = await driver.reserve();
  return { sent, texts: () => sent.map(({ text }) => text), ask: session.unsafe };
}

const settle = () => new Promise((done) => setImmediate(done));
const settings = `${SETTINGS_MARK} select set_config('role', $1, true)`;

test("settings leave together with begin, and what follows waits for both", async () => {
  const { sent, texts, ask } = await openFake();
  await ask("begin");
  const applied = ask(settings, ["authenticated"]).then(() => ask("select * from notes"));
  await settle();
  expect(texts()).toEqual(["begin", settings]);
  sent[1]?.succeed();
  await settle();
  expect(texts()).toEqual(["begin", settings]);
  sent[0]?.succeed();
  await settle();
  expect(texts()).toEqual(["begin", settings, "select * from notes"]);
  sent[2]?.succeed([{ id: 1 }]);
  expect(await applied).toEqual([{ id: 1 }]);
});

test("settings fail with the transaction they were to be made in", async () => {
  const { sent, ask } = await openFake();
  await ask("begin");
  const applied = ask(settings, ["authenticated"]).then(() => "applied");
  await settle();
  sent[1]?.succeed();
  sent[0]?.fail("the connection is gone");
  await expect(applied).rejects.toThrow("the connection is gone");
});

test("other statements wait until the transaction has begun, and are not sent when it has not", async () => {
  const { sent, texts, ask } = await openFake();
  await ask("begin");
  const asked = ask("delete from notes", []).then(() => "done");
  await settle();
  expect(texts()).toEqual(["begin"]);
  sent[0]?.fail("the connection is gone");
  await expect(asked).rejects.toThrow("the connection is gone");
  expect(texts()).toEqual(["begin"]);
});

test("a statement that comes back is prepared, unless a hundred others are", async () => {
  const { sent, ask } = await openFake();
  const send = (text: string, value: unknown) => void ask(text, [value]).then(() => {});
  send("select $1", 1);
  send("select $1", 1);
  send("select $1", true);
  expect(sent.map(({ prepare }) => prepare)).toEqual([false, true, false]);
  for (let n = 1; n < 110; n += 1) {
    send(`select ${n}, $1`, 1);
    send(`select ${n}, $1`, 1);
  }
  expect(sent.filter(({ prepare }) => prepare)).toHaveLength(100);
});
