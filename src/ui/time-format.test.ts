import { expect, test } from "vitest";
import { formatDuration, formatElapsed, formatRelative } from "./time-format.ts";

test("a duration is written in the two units that matter", () => {
  expect(formatDuration(0)).toBe("0 ms");
  expect(formatDuration(340)).toBe("340 ms");
  expect(formatDuration(4_260)).toBe("4.2 s");
  expect(formatDuration(59_999)).toBe("59 s");
  expect(formatDuration(187_000)).toBe("3 m 07 s");
  expect(formatDuration(7_500_000)).toBe("2 h 05 m");
  expect(formatDuration(356_400_000)).toBe("4 d 3 h");
});

test("an elapsed time has no fractions and is never negative", () => {
  expect(formatElapsed(-50)).toBe("0 s");
  expect(formatElapsed(4_900)).toBe("4 s");
  expect(formatElapsed(61_000)).toBe("1 m 01 s");
});

test("a distance in time names its direction", () => {
  expect(formatRelative(10_000, 10_400)).toBe("now");
  expect(formatRelative(0, 180_000)).toBe("3 min ago");
  expect(formatRelative(20_500, 0)).toBe("in 20 s");
  expect(formatRelative(0, 7_200_000)).toBe("2 h ago");
});
