// The short form of `npm run chaos -- --only schedules`, and the night clocks change.
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTriggerScene, type TriggerScene } from "../servers/trigger-scene.ts";
import { keepSlots, planAlone } from "./cron-slots.ts";

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
