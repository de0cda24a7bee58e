import { afterEach, beforeEach, expect, test } from "vitest";
import { createTriggerEngine } from "../../edge-functions/_shared/trigger-engine.ts";
import { connectEngine } from "../../edge-functions/_shared/engine.ts";
import { fireTriggers } from "../../edge-functions/_shared/fire-triggers.ts";
import { openTriggerScene, triggered, type TriggerScene } from "../servers/trigger-scene.ts";

let scene: TriggerScene;
beforeEach(async () => {
  scene = await openTriggerScene();
});
afterEach(() => scene.close());

const hourly = (more: object = {}) => triggered("trigger-schedule", { cron: "0 * * * *", ...more });
const slots = async () => (await scene.runs()).map(({ trigger }) => trigger.slot.slice(11, 16));
const statuses = async () => (await scene.firings()).map(({ status }) => status);

/** Moves the engine's clock to so many minutes past the next full hour, and some hours on. */
async function hourPlus(hours: number, minutes = 0): Promise<string> {
  const [row] = await scene.db.sql`
    select (date_trunc('hour', clock_timestamp()) + interval '1 hour' - clock_timestamp()
      + make_interval(hours => ${hours}, mins => ${minutes}, secs => 1))::text as offset`;
  await scene.clock(row?.["offset"]);
  return row?.["offset"];
}

test("a slot starts one run with its time, and the next look nothing more", async () => {
  await scene.publish("nightly", hourly());
  expect(await scene.look()).toBe(0);
  await hourPlus(0);
  expect(await scene.look()).toBe(1);
  expect(await scene.look()).toBe(0);
  const [run] = await scene.runs();
  expect(run).toMatchObject({ slug: "nightly", trigger: { kind: "schedule", key: "begin" } });
  expect(run?.["trigger"].slot).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/);
  const [trigger] = await scene.db
    .sql`select next_at - last_at < interval '1 hour' as soon from public.triggers`;
  expect(trigger?.["soon"]).toBe(true);
});

test("two engines that look at the same moment start each slot once", async () => {
  await scene.publish("nightly", hourly({ catchUp: "all", overlap: "cancel_previous" }));
  await scene.look();
  await hourPlus(9);
  await scene.look();
  for (let round = 1; round <= 3; round++) {
    await hourPlus(9 + 10 * round);
    const pools = [1, 2, 3, 4].map(() => connectEngine(scene.db.engineUrl, 1));
    await Promise.all(pools.map((pool) => pool`select 1`));
    const started = await Promise.all(
      pools.map((pool) => fireTriggers(createTriggerEngine(pool), scene.blobs)),
    );
    await Promise.all(pools.map((pool) => pool.end()));
    // Whoever opened the firings starts them; what one of them wrote down after another had looked is left for the next look.
    expect(started.reduce((sum, one) => sum + one, await scene.look())).toBe(10);
  }
  const fired = (await scene.firings()).filter(({ status }) => status === "fired");
  expect(new Set(fired.map(({ dedupe_key }) => dedupe_key)).size).toBe(40);
  expect((await scene.runs()).length).toBe(40);
});

test.each([
  ["none", ["10"]],
  ["latest", ["10"]],
  ["all", ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]],
])("after ten hours of absence, catch-up %s keeps its word", async (catchUp, hours) => {
  await scene.publish("nightly", hourly({ catchUp, overlap: "cancel_previous" }));
  await scene.look();
  await hourPlus(0);
  await scene.look();
  const [first] = await scene.runs();
  const from = Date.parse(first?.["trigger"].slot);
  await hourPlus(10);
  await scene.look();
  const later = (await scene.runs())
    .slice(1)
    .map(({ trigger }) => (Date.parse(trigger.slot) - from) / 3_600_000);
  expect(later.sort((a, b) => a - b)).toEqual(hours.map(Number));
});

test("a schedule missed long ago comes once with latest and never with none", async () => {
  await scene.publish("late", hourly({ catchUp: "latest" }));
  await scene.publish("strict", hourly({ catchUp: "none" }));
  await scene.look();
  await hourPlus(3, 20);
  await scene.look();
  expect((await scene.runs()).map(({ slug }) => slug)).toEqual(["late"]);
});

test("skip leaves a slot out while the last run goes", async () => {
  await scene.publish("nightly", hourly({ overlap: "skip" }));
  await scene.look();
  await hourPlus(0);
  await scene.look();
  await hourPlus(1);
  expect(await scene.look()).toBe(0);
  expect(await statuses()).toEqual(["fired", "skipped"]);
  await scene.endRuns("succeeded");
  await hourPlus(2);
  expect(await scene.look()).toBe(1);
});

test("queue starts the slot when the last run has ended", async () => {
  await scene.publish("nightly", hourly({ overlap: "queue" }));
  await scene.look();
  for (const hour of [0, 1, 2]) {
    await hourPlus(hour);
    await scene.look();
  }
  expect(await statuses()).toEqual(["fired", "held", "held"]);
  await scene.endRuns("succeeded");
  expect(await scene.look()).toBe(1);
  expect(await statuses()).toEqual(["fired", "fired", "held"]);
  await scene.endRuns("failed");
  expect(await scene.look()).toBe(1);
  const [one, two, three] = await slots();
  expect([one! < two!, two! < three!].every(Boolean) || three === "00:00" || two === "00:00").toBe(true);
});

test("cancel_previous cancels the last run and starts", async () => {
  await scene.publish("nightly", hourly({ overlap: "cancel_previous" }));
  await scene.look();
  await hourPlus(0);
  await scene.look();
  await hourPlus(1);
  expect(await scene.look()).toBe(1);
  await scene.look();
  expect((await scene.runs()).map(({ status }) => status)).toEqual(["cancelled", "queued"]);
});

test("publishing again keeps the place of an unchanged schedule, and a changed one makes nothing good", async () => {
  const id = await scene.publish("nightly", hourly({ catchUp: "all" }));
  await scene.look();
  const before = await scene.db.sql`select id, next_at::text, cursor_at::text from public.triggers`;
  await scene.db.sql`update public.workflows set live_version = null where id = ${id}`;
  await scene.db
    .sql`update public.triggers set live = true, next_at = ${before[0]?.["next_at"]}::timestamptz`;
  await scene.db.sql`update public.workflows set live_version = 1 where id = ${id}`;
  expect(await scene.db.sql`select id, next_at::text, cursor_at::text from public.triggers`).toEqual(before);
});

test("a schedule that is switched off is silent, and switched on again makes nothing good", async () => {
  await scene.publish("nightly", hourly({ catchUp: "all" }));
  await scene.look();
  const me = scene.db.asUser(scene.userId);
  const [{ id } = { id: "" }] = await scene.db.sql<{ id: string }[]>`select id from public.triggers`;
  await me`select public.set_trigger(${id}, '{"enabled": false}')`;
  const offset = await hourPlus(3);
  expect(await scene.look()).toBe(0);
  await me.begin(async (tx) => {
    await tx`select set_config('engine.clock_offset', ${offset}, true)`;
    await tx`select public.set_trigger(${id}, '{"enabled": true}')`;
  });
  await hourPlus(3, 10);
  expect(await scene.look()).toBe(0);
  await hourPlus(4);
  expect(await scene.look()).toBe(1);
});

test("an archived workflow is not started", async () => {
  const id = await scene.publish("nightly", hourly());
  await scene.look();
  await scene.db.asUser(scene.userId)`select public.update_workflow(${id}, '{"status": "archived"}')`;
  await hourPlus(0);
  expect(await scene.look()).toBe(0);
  expect(await statuses()).toEqual([]);
});

test("what is due next counts schedules", async () => {
  await scene.publish("nightly", triggered("trigger-schedule", { cron: "* * * * *" }));
  await scene.look();
  const [{ due } = { due: "" }] = await scene.db.sql`select engine.next_due_ms() as due`;
  expect(Number(due)).toBeGreaterThan(0);
  expect(Number(due)).toBeLessThanOrEqual(60_000);
});
