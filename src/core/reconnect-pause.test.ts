import { expect, test } from "vitest";
import { reconnectPause } from "./reconnect-pause.ts";

test("R-06 a lost database is tried again within a second, however long it has been away", () => {
  expect([0, 1, 2, 5, 20, 200, 5_000].map((tries) => reconnectPause(tries, 1))).toEqual([
    0.05, 0.1, 0.2, 1, 1, 1, 1,
  ]);
  expect([0, 20, 5_000].map((tries) => reconnectPause(tries, 0))).toEqual([0.025, 0.5, 0.5]);
});
