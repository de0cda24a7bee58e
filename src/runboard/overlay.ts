// What a run's state looks like on the canvas: a mark per node, and which wires were taken.
import type { CanvasDoc, CanvasEdge } from "../core/canvas.ts";
import { speaksForNode } from "../core/plan.ts";
import type { RunTrigger, StepStatus } from "../core/run.ts";
import type { NodeCardState } from "../ui/node-card.tsx";
import { statusLook } from "../ui/status.tsx";
import type { StepFacts } from "./step-tree.ts";
import { groupBy } from "./group-by.ts";

/** A step's row with what the wires need to know. */
export interface OverlayStep extends StepFacts {
  port?: string | null;
}

export type EdgeState = "untouched" | "active" | "taken" | "untaken";

export interface Overlay {
  /** What was not reached never will be. */
  over: boolean;
  nodes: ReadonlyMap<string, NodeCardState>;
  /** The step a node leads to: the failed one, else the busiest, else the first. */
  steps: ReadonlyMap<string, OverlayStep>;
  edges: ReadonlyMap<string, EdgeState>;
  /** Nodes that this run never reached. */
  faded: ReadonlySet<string>;
}

const weight: StepStatus[] = [
  "failed",
  "running",
  "waiting",
  "ready",
  "cancelled",
  "succeeded",
  "pending",
  "skipped",
];

/** The step that speaks for a node: a map's collector before its split, and among items the one most worth a look. */
function speaker(steps: readonly OverlayStep[]): OverlayStep | undefined {
  const own = steps.filter((step) => speaksForNode(step.role));
  const pool = own.length > 0 ? own : steps;
  const status = weight.find((one) => pool.some((step) => step.status === one));
  return pool.find((step) => step.status === status);
}

function badgeOf(step: OverlayStep, all: readonly OverlayStep[]): string | undefined {
  if (step.kind === "repeat") return step.itemsTotal ? `turn ${step.itemsTotal}` : undefined;
  if (step.itemsTotal != null && step.itemsTotal > 0) return `${step.itemsDone ?? 0}/${step.itemsTotal}`;
  if (all.length > 1 && step.itemPath.length > 0) {
    return `${all.filter((each) => each.status === "succeeded" || each.status === "skipped").length}/${all.length}`;
  }
  return step.tries > 1 ? `×${step.tries}` : undefined;
}

function stateOf(step: OverlayStep, all: readonly OverlayStep[]): NodeCardState {
  const split = all.find((each) => each.role === "split");
  const inBody = step.role === "collect" && step.status === "pending" && split?.status === "succeeded";
  // Between its turns a repeat waits.
  const pause = inBody ? all.find((each) => each.role === "turn" && each.status === "waiting") : undefined;
  const status = split?.status === "failed" ? "failed" : pause ? "waiting" : inBody ? "running" : step.status;
  const { tone, label, shape } = statusLook(status, (pause ?? step).waitingFor);
  return { tone, label, shape, badge: badgeOf(step, all) };
}

function edgeState(
  edge: CanvasEdge,
  from: OverlayStep | undefined,
  to: OverlayStep | undefined,
  fromTrigger: boolean,
  over: boolean,
): EdgeState {
  const reached =
    to !== undefined &&
    to.status !== "pending" &&
    to.status !== "skipped" &&
    !(to.status === "cancelled" && !to.startedAt);
  if (fromTrigger)
    return reached ? (to.status === "running" ? "active" : "taken") : over ? "untaken" : "untouched";
  if (!from) return "untouched";
  const caught = edge.sourcePort === "failed";
  const ended = from.status === "succeeded" || from.status === "failed";
  const wrongWay =
    ended && (caught ? from.status !== "failed" : edge.sourcePort !== "finished" && from.status === "failed");
  const wrongPort =
    from.port != null && edge.sourcePort !== from.port && !caught && edge.sourcePort !== "finished";
  if (wrongWay || (from.status === "succeeded" && wrongPort)) return "untaken";
  if (reached && ended) return to.status === "running" ? "active" : "taken";
  return over || from.status === "skipped" || from.status === "cancelled" ? "untaken" : "untouched";
}

/**
 * Lays a run over its version's canvas.
 * @param over the run has ended, so whatever was not reached never will be
 */
export function overlayOf(
  doc: CanvasDoc,
  steps: readonly OverlayStep[],
  trigger: RunTrigger,
  over: boolean,
): Overlay {
  const byNode = groupBy(steps, (step) => step.nodeId);
  const chosen = new Map<string, OverlayStep>();
  const nodes = new Map<string, NodeCardState>();
  for (const [nodeId, mine] of byNode) {
    const step = speaker(mine);
    if (!step) continue;
    chosen.set(nodeId, step);
    nodes.set(nodeId, stateOf(step, mine));
  }
  const triggers = doc.nodes.filter((node) => node.kind.startsWith("trigger-"));
  const fired =
    triggers.find((node) => node.key === trigger.key) ??
    triggers.find((node) => node.kind === `trigger-${trigger.kind}`) ??
    triggers[0];
  if (fired) nodes.set(fired.id, { tone: "succeeded", label: "Started this run" });
  const edges = new Map(
    doc.edges.map((edge) => [
      edge.id,
      edgeState(edge, chosen.get(edge.source), chosen.get(edge.target), edge.source === fired?.id, over),
    ]),
  );
  const unreached = (id: string): boolean => {
    const status = chosen.get(id)?.status;
    return (
      status === "skipped" ||
      (over && (status === "pending" || status === "cancelled") && !chosen.get(id)?.startedAt)
    );
  };
  const faded = new Set(
    doc.nodes
      .filter((node) => unreached(node.id) || (triggers.includes(node) && node !== fired))
      .map((node) => node.id),
  );
  return { over, nodes, steps: chosen, edges, faded };
}
