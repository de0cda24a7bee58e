// The short form of `npm run chaos -- --only model`.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { brokenSqualls } from "./controls.ts";
import { comparePrograms, replayWalks } from "./programs.ts";
import { brokenModels, walkModel } from "./walks.ts";

const seed = Number(process.env["CHAOS_SEED"] ?? 20_260_101);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
});

it(
  "R-31 never gets stuck, takes no success back and lets every run end, in 100,000 random schedules",
  { timeout: 240_000 },
  () => {
    expect(walkModel(seed, 100_000)).toEqual([]);
  },
);

it.each(Object.entries(brokenModels))("R-31 turns red when %s", { timeout: 240_000 }, (_, broken) => {
  expect(walkModel(seed, 100_000, broken)).not.toEqual([]);
});

it("R-31 moves the rows as the model walks, in 15 random schedules", { timeout: 240_000 }, async () => {
  const { schedules, broken } = await replayWalks(database.url, seed, 15);
  expect({ schedules, broken }).toEqual({ schedules: 15, broken: [] });
});

it("R-12 answers random programs on eight connections as the model does", { timeout: 240_000 }, async () => {
  const { programs, broken } = await comparePrograms(database.url, seed, 25);
  expect({ programs, broken }).toEqual({ programs: 25, broken: [] });
});

it("R-12 turns red with the fence off", { timeout: 240_000 }, async () => {
  const { broken } = await comparePrograms(database.url, seed, 200, brokenSqualls["fence off"]);
  expect(broken).not.toEqual([]);
});
