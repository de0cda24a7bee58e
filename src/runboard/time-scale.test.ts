import { describe, expect, it } from "vitest";
import { timeScale } from "./time-scale.ts";
import type { Segment } from "./timeline.ts";

const segment = (kind: Segment["kind"], from: number, to: number | null): Segment => ({
  kind,
  from,
  to,
  attempt: 1,
});
const round = (x: number) => Math.round(x * 100) / 100;

describe("the axis", () => {
  it("runs evenly when something works all the time", () => {
    const scale = timeScale([segment("running", 0, 10_000)], 0, 10_000);
    expect([scale.at(0), scale.at(5_000), scale.at(10_000)].map(round)).toEqual([0, 0.5, 1]);
    expect(scale.cuts).toEqual([]);
  });

  it("cuts a long backoff, so that the attempts around it stay readable", () => {
    const scale = timeScale(
      [
        segment("running", 0, 1_000),
        segment("backoff", 1_000, 301_000),
        segment("running", 301_000, 302_000),
      ],
      0,
      302_000,
    );
    expect(scale.cuts.map((cut) => cut.ms)).toEqual([300_000]);
    expect(round(scale.at(1_000))).toBe(0.42);
    expect(round(scale.at(301_000))).toBe(0.58);
  });

  it("does not cut a wait during which another step works", () => {
    const scale = timeScale([segment("backoff", 0, 60_000), segment("running", 0, 60_000)], 0, 60_000);
    expect(scale.cuts).toEqual([]);
  });

  it("never runs backwards", () => {
    const scale = timeScale(
      [segment("running", 0, 500), segment("waiting", 500, 9_000), segment("queued", 9_000, 9_100)],
      0,
      9_100,
    );
    const places = [0, 100, 500, 700, 5_000, 9_000, 9_050, 9_100].map(scale.at);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("has a place for everything in a run of no length", () => {
    expect(timeScale([], 5, 5).at(5)).toBe(0);
  });
});
