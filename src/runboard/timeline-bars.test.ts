import { describe, expect, it } from "vitest";
import { timeScale } from "./time-scale.ts";
import { barsOf } from "./timeline-bars.ts";
import type { Segment } from "./timeline.ts";

const segment = (
  kind: Segment["kind"],
  from: number,
  to: number | null,
  ended?: Segment["ended"],
): Segment => ({ kind, from, to, attempt: 1, ...(ended ? { ended } : {}) });

describe("bars of the timeline", () => {
  it("look like what they stand for", () => {
    const segments = [
      segment("queued", 0, 100),
      segment("running", 100, 200, "retry"),
      segment("backoff", 200, 300),
      segment("running", 300, 400, "succeeded"),
      segment("waiting", 400, 500),
      segment("running", 500, null),
    ];
    const looks = barsOf(segments, timeScale(segments, 0, 1000)).map((bar) => [bar.look, bar.ms]);
    expect(looks).toEqual([
      ["queued", 100],
      ["waiting", 100],
      ["backoff", 100],
      ["succeeded", 100],
      ["failed", 100],
      ["live", 500],
    ]);
  });

  it("merge when thousands overlap, and count what they stand for", () => {
    const many = Array.from({ length: 5000 }, (_, n) => segment("running", n, n + 50, "succeeded"));
    const bars = barsOf(many, timeScale(many, 0, 5050));
    expect(bars.map((bar) => [bar.look, bar.count, Math.round(bar.width * 100)])).toEqual([
      ["succeeded", 5000, 100],
    ]);
  });
});
