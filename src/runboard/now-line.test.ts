import { describe, expect, it } from "vitest";
import { nowLine } from "./now-line.ts";
import { at, counts, lane, now, run } from "./card-scene.ts";

describe("the line of now", () => {
  const step = (title: string, facts = {}) => ({
    runId: "1",
    stepKey: "s",
    itemPath: [],
    title,
    status: "running" as const,
    tries: 1,
    attemptLimit: 4,
    ...facts,
  });

  it("says how far a run of many steps is", () => {
    const many = run("1", {
      status: "running",
      counts: { ...counts, succeeded: 1_200, skipped: 50, running: 3, total: 5_002 },
    });
    expect(nowLine(many, [], undefined, 0, now)).toEqual({
      text: "3 steps at work",
      aside: "24 %",
      whole: "3 steps at work, 1,250 of 5,002 steps done",
      tone: "plain",
    });
  });

  it("names the running step, its try and what else runs", () => {
    const line = nowLine(
      run("1", { status: "running" }),
      [step("Fetch", { tries: 2 }), step("Score")],
      undefined,
      1,
      now,
    );
    expect(line).toEqual({ text: "Fetch, try 2 of 4 and 1 more", tone: "plain" });
  });

  it("counts the items of a map", () => {
    expect(
      nowLine(
        run("1", { status: "running" }),
        [step("Each", { itemsTotal: 100, itemsDone: 97 })],
        undefined,
        1,
        now,
      ).text,
    ).toBe("Each · 97/100");
  });

  it("says for what a run waits and until when", () => {
    const waitingFor = { kind: "retry" as const, until: at(38) };
    const line = nowLine(
      run("1", { status: "waiting", waitingFor }),
      [step("Fetch", { status: "waiting", waitingFor })],
      undefined,
      1,
      now,
    );
    expect(line.text).toBe("Fetch: try 2 of 4");
    expect(line.aside).toBe("in 8 s");
    expect(line.whole).toMatch(/^Fetch: try 2 of 4 at \d\d:\d\d:38, in 8 s$/);
  });

  it("says why nothing starts in a full or paused lane", () => {
    expect(nowLine(run("1"), [], lane("A", { title: "Refunds", wipLimit: 3 }), 3, now)).toMatchObject({
      text: "Waits for a free slot",
      aside: "3 of 3 taken",
      whole: "Waits for a free slot in Refunds, 3 of 3 taken",
    });
    expect(nowLine(run("1"), [], lane("A", { title: "A", paused: true }), 0, now).text).toBe(
      "Held back: lane A is paused",
    );
  });

  it("names a pause rather than a slot when a held run's lane is paused", () => {
    const held = run("1", { status: "waiting", waitingFor: { kind: "lane" } });
    expect(nowLine(held, [], lane("A", { title: "Refunds", paused: true }), 0, now)).toEqual({
      text: "Held back: Refunds is paused",
      tone: "waiting",
    });
  });

  it("quotes the first line of the error", () => {
    const error = { class: "permanent" as const, code: "http_404", message: "The server says 404.\nMore" };
    expect(nowLine(run("1", { status: "failed", error, finishedAt: at(1) }), [], undefined, 0, now)).toEqual({
      text: "The server says 404.",
      tone: "failed",
    });
  });

  it("tells what a finished run came to", () => {
    const done = run("1", {
      status: "succeeded",
      startedAt: at(0),
      finishedAt: at(12),
      counts: { ...counts, succeeded: 3, failed: 1 },
    });
    expect(nowLine(done, [], undefined, 0, now).text).toBe("3 steps done with 1 failed step, 18 s ago");
  });
});
