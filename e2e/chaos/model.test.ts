// The short form of `npm run chaos -- --only model`.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { brokenSqualls } from "./controls.ts";
import { comparePrograms, walkModel } from "./programs.ts";

const seed = Number(process.env["CHAOS_SEED"] ?? 20_260_101);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
});

it("R-31 never gets stuck, takes no success back and lets every run end, in 20,000 random schedules", () => {
  expect(walkModel(seed, 20_000)).toEqual([]);
});

it("R-12 answers random programs on eight connections as the model does", { timeout: 120_000 }, async () => {
  const { programs, broken } = await comparePrograms(database.url, seed, 40);
  expect({ programs, broken }).toEqual({ programs: 40, broken: [] });
});

it("R-12 turns red with the fence off", { timeout: 120_000 }, async () => {
  const { broken } = await comparePrograms(database.url, seed, 200, brokenSqualls["fence off"]);
  expect(broken).not.toEqual([]);
});
