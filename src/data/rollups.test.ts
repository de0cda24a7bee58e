import { expect, it } from "vitest";
import { addEnds, endsByHour, type Rollup, typicalDuration } from "./rollups.ts";

const row = (facts: Partial<Rollup>): Rollup => ({
  workflowId: "11111111-1111-4111-8111-111111111111",
  lane: "A",
  hour: "2026-11-20T09:00:00Z",
  started: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  durationBuckets: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...facts,
});

it("gives every hour of the last day, the empty ones too", () => {
  const hours = endsByHour(
    [
      row({ succeeded: 2 }),
      row({ lane: "B", failed: 1 }),
      row({ hour: "2026-11-19T11:00:00Z", cancelled: 3 }),
    ],
    Date.parse("2026-11-20T10:15:00Z"),
  );
  expect(hours).toHaveLength(24);
  expect(hours[0]).toEqual({
    hour: Date.parse("2026-11-19T11:00:00Z"),
    ends: { succeeded: 0, failed: 0, cancelled: 3 },
  });
  expect(hours[22]?.ends).toEqual({ succeeded: 2, failed: 1, cancelled: 0 });
  expect(hours[23]?.ends).toEqual({ succeeded: 0, failed: 0, cancelled: 0 });
});

it("adds ends up", () => {
  expect(addEnds([row({ succeeded: 2, failed: 1 }), row({ succeeded: 3, cancelled: 4 })])).toEqual({
    succeeded: 5,
    failed: 1,
    cancelled: 4,
  });
});

it("says under which bound half of the runs stayed", () => {
  const buckets = (at: number, n: number) => Array.from({ length: 12 }, (_, place) => (place === at ? n : 0));
  expect(typicalDuration([])).toBeNull();
  expect(
    typicalDuration([row({ durationBuckets: buckets(2, 5) }), row({ durationBuckets: buckets(4, 4) })]),
  ).toBe(1_000);
  expect(typicalDuration([row({ durationBuckets: buckets(11, 1) })])).toBe(Number.POSITIVE_INFINITY);
});
