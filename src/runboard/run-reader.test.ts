import { expect, it } from "vitest";
import type { RunEvent } from "../core/run-event.ts";
import { fewChanged } from "./run-reader.ts";

const event = (kind: RunEvent["kind"], facts: Partial<RunEvent> = {}): RunEvent => ({
  runId: "018f0000-0000-7000-8000-000000000001",
  workspaceId: "018f0000-0000-7000-8000-000000000002",
  seq: 1,
  kind,
  status: "running",
  at: "2026-01-01T00:00:00.000Z",
  data: {},
  ...facts,
});

it("names each step instance that events have changed once", () => {
  const events = [
    event("step.started", { step: "call", item: [4] }),
    event("run.updated"),
    event("step.succeeded", { step: "call", item: [4] }),
    event("step.ready", { step: "sum" }),
  ];
  expect(fewChanged(events)).toEqual([
    { step: "call", item: [4] },
    { step: "sum", item: [] },
  ]);
  expect(fewChanged([])).toEqual([]);
});

it("gives up where a list's items appear, the run itself is undone or retried, or very many have changed", () => {
  expect(fewChanged([event("step.succeeded", { step: "each__split", data: { items: 9 } })])).toBeNull();
  expect(fewChanged([event("run.retried")])).toBeNull();
  const many = Array.from({ length: 201 }, (_, n) => event("step.started", { step: "call", item: [n] }));
  expect(fewChanged(many)).toBeNull();
  expect(fewChanged(many.slice(1))).toHaveLength(200);
});
