// Runs and lanes for the tests of what the board makes of them.
import type { CardLane, CardRun } from "./card.ts";

export const counts = {
  pending: 0,
  ready: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  total: 0,
};
export const usage = {
  llmCalls: 0,
  toolCalls: 0,
  httpCalls: 0,
  tokensIn: 0,
  tokensOut: 0,
  costUsd: 0,
  activeMs: 0,
};
export const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
export const now = Date.parse(at(30));
export const run = (id: string, facts: Partial<CardRun> = {}): CardRun => ({
  id,
  workflowId: "w",
  version: 1,
  title: `Run ${id}`,
  status: "queued",
  lane: "A",
  priority: 100,
  trigger: { kind: "manual" },
  retryCount: 0,
  counts,
  usage,
  lastSeq: 1,
  createdAt: at(0),
  ...facts,
});
export const lane = (name: string, facts: Partial<CardLane> = {}): CardLane => ({
  name,
  title: `Lane ${name}`,
  colour: "slate",
  position: name.charCodeAt(0),
  paused: false,
  ...facts,
});
export const ids = (runs: readonly CardRun[]) => runs.map((each) => each.id);
