import { expect, test } from "vitest";
import type { WaitingFor } from "../core/run.ts";
import { deadlineText, waitWords } from "./waiting.ts";

const now = Date.parse("2026-11-20T12:00:00.000Z");
const subject = (waiting: WaitingFor) => waitWords(waiting, { stepTitle: "Refund" }, now).subject;

test("every kind of wait says what it waits for", () => {
  const waits: WaitingFor[] = [
    { kind: "timer" },
    { kind: "timer", ref: "check:deployed" },
    { kind: "approval" },
    { kind: "form" },
    { kind: "signal", ref: "shipped" },
    { kind: "signal", ref: "run:1" },
    { kind: "limit", ref: "pause" },
    { kind: "limit", ref: "rate" },
    { kind: "limit", ref: "key:acme" },
    { kind: "limit", ref: "connection:billing" },
    { kind: "limit", ref: "host:api.example.com" },
    { kind: "budget", ref: "tokens" },
    { kind: "lane", ref: "B" },
    { kind: "reconcile" },
  ];
  expect(waits.map(subject)).toEqual([
    "Refund",
    "The next look of check deployed",
    "Refund",
    "Refund",
    "Signal shipped",
    "The run it started to finish",
    "Paused by a person",
    "Its turn under the workflow's rate limit",
    "A free place for acme",
    "A free place at connection billing",
    "Failing host api.example.com",
    "A top-up of its budget (tokens)",
    "A free slot in lane B",
    "A decision: did Refund happen?",
  ]);
});

test("a deadline says its moment and how far it is, and when it has passed", () => {
  expect(deadlineText("2026-11-20T12:05:00.000Z", now)).toMatch(/^must end by \d.*, in 5 min$/);
  expect(deadlineText("2026-11-20T11:59:00.000Z", now)).toBe("its deadline has passed");
});
