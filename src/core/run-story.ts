// A run told by its events, for the tests of the folds.
import { emptyRunView, foldRunView, instanceKey, type FoldEvent } from "./run-view.ts";

export const runId = "018f0000-0000-7000-8000-000000000001";
export const at = (n: number) => `2026-01-01T00:00:${String(n).padStart(2, "0")}.000Z`;
export const plan = [
  { key: "fetch", dependsOn: [] },
  { key: "each__split", role: "split" as const, dependsOn: [{ step: "fetch", on: "succeeded" as const }] },
  { key: "send", within: "each", dependsOn: [{ step: "each__split", on: "succeeded" as const }] },
  {
    key: "each__item",
    within: "each",
    role: "item" as const,
    dependsOn: [{ step: "send", on: "succeeded" as const }],
  },
  { key: "each", role: "collect" as const, dependsOn: [{ step: "each__split", on: "succeeded" as const }] },
];

const story: Omit<FoldEvent, "seq" | "runId" | "at">[] = [
  { kind: "run.queued", status: "queued", data: { lane: "B", priority: 100 } },
  { kind: "run.started", status: "running" },
  { kind: "step.started", step: "fetch", status: "running", attempt: 1 },
  {
    kind: "step.waiting",
    step: "fetch",
    status: "waiting",
    attempt: 1,
    data: { waitingFor: { kind: "retry", until: at(9) } },
  },
  { kind: "run.waiting", status: "waiting", data: { waitingFor: { kind: "retry", until: at(9) } } },
  { kind: "step.started", step: "fetch", status: "running", attempt: 2 },
  { kind: "run.resumed", status: "running" },
  { kind: "step.succeeded", step: "fetch", status: "succeeded", attempt: 2 },
  { kind: "step.started", step: "each__split", status: "running", attempt: 1 },
  { kind: "step.succeeded", step: "each__split", status: "succeeded", attempt: 1, data: { items: 2 } },
  { kind: "step.started", step: "send", item: [0], status: "running", attempt: 1 },
  {
    kind: "step.failed",
    step: "send",
    item: [0],
    status: "failed",
    attempt: 1,
    data: { errorCode: "http_4xx" },
  },
  { kind: "step.skipped", step: "each__item", item: [0], status: "skipped" },
  { kind: "run.updated", status: "running", data: { lane: "A" } },
];
export const events: FoldEvent[] = story.map((event, n) => ({ ...event, runId, seq: n + 1, at: at(n) }));
export const folded = foldRunView(emptyRunView(runId, plan), events);
export const step = (key: string, item: number[] = []) => folded.steps.get(instanceKey(key, item));
