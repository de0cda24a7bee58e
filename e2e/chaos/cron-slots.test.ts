// The short form of `npm run chaos -- --only schedules`, and the nights when clocks change.
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTriggerScene, type TriggerScene } from "../servers/trigger-scene.ts";
import type postgres from "postgres";
import { connectEngine } from "../../edge-functions/_shared/engine.ts";
import { triggered } from "../servers/trigger-scene.ts";
import { freezeClock, keepSlots, lookAt, planAlone, planByTheClock } from "./cron-slots.ts";

let scene: TriggerScene;
beforeEach(async () => {
  scene = await openTriggerScene();
});
afterEach(() => scene.close());

it(
  "R-28 starts one run for each slot of 18 schedules with two engines, also after ten minutes without any, and spreads them",
  { timeout: 120_000 },
  async () => {
    const { expected, started, spreadS, ...wrong } = await keepSlots(scene, 18);
    expect(wrong).toEqual({ schedules: 18, twice: 0, missing: 0, uncalled: 0 });
    expect(started).toBe(expected);
    expect(spreadS).toBeGreaterThanOrEqual(10);
  },
);

it("R-28 turns red with engines that plan without regard to each other", { timeout: 120_000 }, async () => {
  expect((await keepSlots(scene, 9, planAlone)).twice).toBeGreaterThan(0);
});

/** The slots two engines fire in four hours of New York's night; after each look the clock goes back by five seconds, and they look again. */
async function firedAtNight(
  cron: string,
  from: string,
  sabotage?: (sql: postgres.Sql) => Promise<void>,
): Promise<string[]> {
  const { sql } = scene.db;
  const start = await freezeClock(sql, Date.parse(from) / 1_000);
  const config = { cron, timezone: "America/New_York", overlap: "cancel_previous", jitterMs: 0 };
  await scene.publish("night", triggered("trigger-schedule", config));
  await sabotage?.(sql);
  const pools = [1, 2].map(() => connectEngine(scene.db.engineUrl, 2));
  try {
    for (let at = 0; at <= 4 * 3_600; at += 300)
      for (const jump of [1, -5, 0]) await lookAt(scene, pools, start + at + jump);
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
  }
  const rows = await sql<{ slot: string }[]>`
    select to_char((trigger ->> 'slot')::timestamptz at time zone 'UTC', 'HH24:MI') as slot from public.runs order by 1`;
  return rows.map(({ slot }) => slot);
}

it.each([
  ["forward", "30 2 * * *", "2026-03-08T06:10:00Z", ["07:00"]],
  [
    "forward",
    "*/30 * * * *",
    "2026-03-08T06:10:00Z",
    ["06:30", "07:00", "07:30", "08:00", "08:30", "09:00", "09:30", "10:00"],
  ],
  ["back", "30 1 * * *", "2026-11-01T04:10:00Z", ["05:30"]],
  [
    "back",
    "*/30 * * * *",
    "2026-11-01T04:10:00Z",
    ["04:30", "05:00", "05:30", "06:00", "06:30", "07:00", "07:30", "08:00"],
  ],
])(
  "R-14 starts one run for each slot in the night clocks go %s, of %s, though the database's clock jumps back",
  { timeout: 120_000 },
  async (_, cron, from, slots) => {
    expect(await firedAtNight(cron, from)).toEqual(slots);
  },
);

it("R-14 turns red with engines that plan by what the clock shows", { timeout: 120_000 }, async () => {
  const fired = await firedAtNight("30 1 * * *", "2026-11-01T04:10:00Z", planByTheClock);
  expect(fired.length).toBeGreaterThan(1);
});
