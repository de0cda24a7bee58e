import { expect, test } from "vitest";
import { pauseBeforeConnecting } from "./engine.ts";

test("R-06 the database is tried again within a second, however long it has been away", () => {
  const pauses = [0, 1, 2, 5, 20, 200, 5_000].map(pauseBeforeConnecting);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(1);
  expect(pauses[0]).toBeLessThanOrEqual(0.05);
  expect(Math.min(...pauses)).toBeGreaterThan(0);
});
