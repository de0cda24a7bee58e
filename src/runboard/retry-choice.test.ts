import { describe, expect, it } from "vitest";
import { failureWords } from "../ui/failure-words.ts";
import { effectWords, estimateWords, groupSteps, judge, type Preview } from "./retry-choice.ts";

const preview = (facts: Partial<Preview>): Preview => ({
  makes: "same_run",
  version: 3,
  rerun: [],
  reused: [],
  flagged: [],
  effects: [],
  estimate: { steps: 0, unknown: 0, activeMs: 0, costUsd: 0 },
  ...facts,
});
const asked = { asks: false, choices: [] };
const step = (key: string, itemPath: number[] = []) => ({
  step: key,
  itemPath,
  title: key,
  effect: "read" as const,
});

describe("a retry", () => {
  it("goes at once when nothing outside would happen twice", () => {
    const verdict = judge(
      preview({
        rerun: [step("a"), step("b")],
        reused: [step("x")],
        effects: [{ step: "a", effect: "idempotent", prior: "unknown", verdict: "deduplicated", ...asked }],
      }),
    );
    expect([verdict.green, verdict.summary]).toEqual([true, "2 steps will run, 1 result reused in this run"]);
  });

  it("stops for an effect that would repeat and for one that needs a decision", () => {
    expect(
      judge(
        preview({
          effects: [{ step: "a", effect: "idempotent", prior: "succeeded", verdict: "repeats", ...asked }],
        }),
      ).green,
    ).toBe(false);
    const { green, decisions } = judge(
      preview({
        effects: [{ step: "mail", effect: "at_most_once", prior: "unknown", verdict: "decision", ...asked }],
      }),
    );
    expect([green, decisions.map((each) => each.step)]).toEqual([false, ["mail"]]);
  });

  it("says why an effect is listed", () => {
    expect(
      effectWords({ step: "mail", effect: "at_most_once", prior: "unknown", verdict: "decision", ...asked }),
    ).toBe("Needs a decision: nobody knows whether it happened, and doing it twice would be seen.");
  });

  it("is open until every decision is made, and leaves to the run what the run will ask", () => {
    const effects = [
      { step: "mail", effect: "at_most_once", prior: "succeeded", verdict: "decision", ...asked },
      { step: "mail", effect: "at_most_once", prior: "succeeded", verdict: "decision", ...asked },
      { step: "pay", effect: "at_most_once", prior: "unknown", verdict: "decision", asks: true, choices: [] },
    ] as const;
    const before = judge(preview({ effects }));
    expect([before.open.map((each) => each.step), before.asking.map((each) => each.step)]).toEqual([
      ["mail"],
      ["pay"],
    ]);
    const after = judge(preview({ effects }), { mail: "do_it_again" });
    expect([after.open, after.decisions.length, after.green]).toEqual([[], 1, false]);
  });

  it("says how long it took, what it cost, and what is not known", () => {
    expect(estimateWords({ steps: 3, unknown: 1, activeMs: 2_500, costUsd: 0.25 })).toBe(
      "Took 2.5 s of work and $0.25 the last time; 1 step never ran.",
    );
    expect(estimateWords({ steps: 1, unknown: 1, activeMs: 0, costUsd: 0 })).toBeNull();
  });

  it("counts the items of a map on one line", () => {
    expect(
      groupSteps([step("call", [0]), step("call", [4]), step("end")]).map((group) => [
        group.title,
        group.count,
      ]),
    ).toEqual([
      ["call", 2],
      ["end", 1],
    ]);
  });
});

describe("a failure in words", () => {
  it("says what happened, why, and what to do next", () => {
    expect(
      failureWords({ class: "timeout", code: "timeout", message: "No answer after 30 s.", snippet: "…" }, 4),
    ).toEqual({
      what: "No answer after 30 s.",
      why: "There was no answer within the time this step allows. It was tried 4 times.",
      next: "Retry, or give the step more time in the builder.",
      raw: "…",
    });
  });

  it("prefers the advice that came with it", () => {
    expect(
      failureWords({ class: "auth", code: "http_401", message: "401", hint: "Renew the key." }).next,
    ).toBe("Renew the key.");
  });
});
