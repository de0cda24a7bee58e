// Sums up the step instances of a run per canvas node.
import { speaksForNode, type Step } from "../../core/plan.ts";
import type { StepStatus } from "../../core/run.ts";
import type { RunView, StepView } from "../../core/run-view.ts";
import type { NodeRun } from "./overlay.ts";

/** The status that speaks for many instances: the one that needs most attention. */
const loudest: readonly StepStatus[] = [
  "running",
  "waiting",
  "ready",
  "failed",
  "pending",
  "succeeded",
  "cancelled",
  "skipped",
];
const over: ReadonlySet<StepStatus> = new Set(["succeeded", "failed", "skipped", "cancelled"]);

function itemsOf(instances: readonly StepView[], total: number): NonNullable<NodeRun["items"]> {
  return {
    total,
    done: instances.filter((step) => over.has(step.status)).length,
    failed: instances.filter((step) => step.status === "failed").length,
  };
}

function single(step: StepView): NodeRun {
  return {
    stepKey: step.stepKey,
    status: step.status,
    waitingFor: step.waitingFor,
    attempt: step.attempt,
    port: step.port,
    items: null,
    fallback: false,
  };
}

function many(key: string, instances: readonly StepView[]): NodeRun {
  const lead = loudest
    .map((status) => instances.find((step) => step.status === status))
    .find((step) => step !== undefined);
  return {
    stepKey: key,
    status: lead?.status ?? "pending",
    waitingFor: lead?.waitingFor ?? null,
    attempt: Math.max(0, ...instances.map((step) => step.attempt)),
    port: null,
    items: itemsOf(instances, instances.length),
    fallback: false,
  };
}

/** A map is one node and three steps: while its items run, so does the node. */
function container(collect: StepView, split: StepView | undefined, items: readonly StepView[]): NodeRun {
  const base = single(collect);
  if (!split) return base;
  // A repeat's list grows with its turns.
  const total = Math.max(split.items ?? 0, items.length);
  const counted = split.items === null && items.length === 0 ? null : itemsOf(items, total);
  const started = split.status !== "pending" && collect.status === "pending";
  const pause = items.find((item) => item.status === "waiting");
  const inside = pause ? "waiting" : "running";
  const status = !started ? collect.status : split.status === "succeeded" ? inside : split.status;
  return {
    ...base,
    status,
    waitingFor: pause?.waitingFor ?? split.waitingFor,
    attempt: Math.max(1, split.attempt),
    items: counted,
  };
}

/** The ends of a container's items or turns. */
function passesOf(byKey: ReadonlyMap<string, readonly StepView[]>, key: string): readonly StepView[] {
  return byKey.get(`${key}__item`) ?? byKey.get(`${key}__turn`) ?? [];
}

const same = (a: NodeRun | undefined, b: NodeRun) =>
  a !== undefined && JSON.stringify(a) === JSON.stringify(b);

/** By node id. Entries that say the same as before keep their object. */
export function nodeRuns(
  view: RunView,
  plan: readonly Pick<Step, "key" | "nodeId" | "role">[],
  before: ReadonlyMap<string, NodeRun>,
): ReadonlyMap<string, NodeRun> {
  const byKey = new Map<string, StepView[]>();
  for (const step of view.steps.values()) byKey.set(step.stepKey, [...(byKey.get(step.stepKey) ?? []), step]);
  const next = new Map<string, NodeRun>();
  for (const { key, nodeId, role } of plan) {
    if (!speaksForNode(role)) continue;
    const instances = byKey.get(key) ?? [];
    const [first] = instances;
    if (!first) continue;
    const run =
      role === "collect" && instances.length === 1
        ? container(first, byKey.get(`${key}__split`)?.[0], passesOf(byKey, key))
        : instances.length === 1 && first.itemPath.length === 0
          ? single(first)
          : many(key, instances);
    const old = before.get(nodeId);
    next.set(nodeId, old && same(old, run) ? old : run);
  }
  return next;
}
