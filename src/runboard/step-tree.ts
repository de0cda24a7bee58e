// Rows of the timeline and the steps table: steps in plan order, map items under their map, attempts under their step.
import type { RunError } from "../core/failure.ts";
import { speaksForNode, type BodyRole } from "../core/plan.ts";
import type { StepStatus, WaitingFor } from "../core/run.ts";
import { instanceKey } from "../core/run-view.ts";
import type { Segment, Segments } from "./timeline.ts";
import { groupBy } from "./group-by.ts";

/** The part of a step's row the run page reads. */
export interface StepFacts {
  runId: string;
  stepKey: string;
  itemPath: number[];
  nodeId: string;
  kind: string;
  role?: BodyRole | null;
  title: string;
  rank: number;
  status: StepStatus;
  waitingFor?: WaitingFor | null;
  deadlineAt?: string | null;
  attempt: number;
  attemptLimit: number;
  tries: number;
  error?: RunError | null;
  itemsTotal?: number | null;
  itemsDone?: number | null;
  itemsFailed?: number | null;
  startedAt?: string | null;
  finishedAt?: string | null;
}

export interface TreeRow {
  /** Unique among the rows. */
  id: string;
  depth: number;
  kind: "step" | "item" | "attempt";
  label: string;
  status: StepStatus;
  /** The step to open when the row is chosen. */
  step: StepFacts;
  attempt?: number;
  segments: readonly Segment[];
  /** Null when there is nothing below. */
  open: boolean | null;
}

const worst: StepStatus[] = [
  "failed",
  "running",
  "waiting",
  "ready",
  "cancelled",
  "pending",
  "succeeded",
  "skipped",
];

function worstOf(steps: readonly StepFacts[]): StepStatus {
  return worst.find((status) => steps.some((step) => step.status === status)) ?? "pending";
}

const inPlanOrder = (a: StepFacts, b: StepFacts): number =>
  a.rank - b.rank || (a.stepKey === b.stepKey ? 0 : a.stepKey < b.stepKey ? -1 : 1);

const keyOf = (step: StepFacts): string => instanceKey(step.stepKey, step.itemPath);

export interface TreeInput {
  bodies: Bodies;
  segments: Segments;
  /** Row ids a person has unfolded. */
  open: ReadonlySet<string>;
}

/** Steps by the body instance they stand in; the run itself is the body named "". */
export interface Bodies {
  steps: ReadonlyMap<string, readonly StepFacts[]>;
  /** Item indexes by map instance. */
  items: ReadonlyMap<string, readonly number[]>;
}

/**
 * Puts every step into its body: what the rows are made from, and the same for as long as the steps are.
 * @param within step key to the key of the map whose body it is in; from the plan
 */
export function indexBodies(steps: readonly StepFacts[], within: ReadonlyMap<string, string>): Bodies {
  const bodies = groupBy(steps, (step) => {
    const map = within.get(step.stepKey);
    return map === undefined ? "" : instanceKey(map, step.itemPath);
  });
  const items = new Map<string, number[]>();
  for (const mine of bodies.values()) {
    mine.sort(inPlanOrder);
    const first = mine[0];
    const map = first && within.get(first.stepKey);
    if (!first || map === undefined) continue;
    const owner = instanceKey(map, first.itemPath.slice(0, -1));
    const index = first.itemPath.at(-1) ?? 0;
    const known = items.get(owner);
    if (known) known.push(index);
    else items.set(owner, [index]);
  }
  for (const indexes of items.values()) indexes.sort((a, b) => a - b);
  return { steps: bodies, items };
}

function attemptStatus(ended: Segment["ended"], step: StepFacts): StepStatus {
  if (ended === "failed" || ended === "retry" || ended === "lost") return "failed";
  return ended === "succeeded" || ended === "skipped" || ended === "cancelled" ? ended : step.status;
}

function attemptRows(step: StepFacts, segments: readonly Segment[], depth: number): TreeRow[] {
  const byAttempt = groupBy(segments, (segment) =>
    segment.kind === "queued" ? segment.attempt + 1 : segment.attempt,
  );
  return [...byAttempt.entries()].map(([attempt, mine]) => {
    const ended = mine.findLast((segment) => segment.kind === "running")?.ended;
    return {
      id: `${keyOf(step)}#${attempt}`,
      depth,
      kind: "attempt",
      label: `Attempt ${attempt}`,
      status: attemptStatus(ended, step),
      step,
      attempt,
      segments: mine,
      open: null,
    };
  });
}

/** Whether more than one attempt has begun. */
export function hasAttempts(segments: readonly Segment[]): boolean {
  return segments.filter((segment) => segment.kind === "running").length > 1;
}

function stepRows(step: StepFacts, depth: number, input: TreeInput): TreeRow[] {
  const id = keyOf(step);
  const segments = input.segments.get(id) ?? [];
  const open = hasAttempts(segments) ? input.open.has(id) : null;
  const row: TreeRow = {
    id,
    depth,
    kind: "step",
    label: step.title,
    status: step.status,
    step,
    segments,
    open,
  };
  return open ? [row, ...attemptRows(step, segments, depth + 1)] : [row];
}

/** Every stretch below a body: what a folded row draws. */
function segmentsBelow(steps: readonly StepFacts[], { segments }: TreeInput): Segment[] {
  const below: Segment[] = [];
  for (const step of steps) for (const segment of segments.get(keyOf(step)) ?? []) below.push(segment);
  return below;
}

function mapRows(map: StepFacts, siblings: readonly StepFacts[], depth: number, input: TreeInput): TreeRow[] {
  const id = keyOf(map);
  const split = siblings.find((step) => step.role === "split" && step.stepKey === `${map.stepKey}__split`);
  const items = (input.bodies.items.get(id) ?? []).map((index) => ({
    index,
    body: `${instanceKey(map.stepKey, [...map.itemPath, index])}`,
  }));
  const below = items.flatMap(({ body }) => input.bodies.steps.get(body) ?? []);
  const open = items.length > 0 ? input.open.has(id) : null;
  const going = map.status === "pending";
  const busy = going && below.some((step) => step.status === "running");
  const pause = going ? below.find((step) => step.role === "turn" && step.status === "waiting") : undefined;
  const shown = split?.status === "failed" ? split : (pause ?? map);
  const row: TreeRow = {
    id,
    depth,
    kind: "step",
    label: map.title,
    status: busy ? "running" : shown.status,
    step: shown,
    segments: segmentsBelow(split ? [split, ...below] : below, input),
    open,
  };
  if (!open) return [row];
  const word = map.kind === "repeat" ? "Turn" : "Item";
  const rows = items.flatMap(({ index, body }) => itemRows(`${word} ${index}`, body, depth + 1, input));
  return [row, ...rows];
}

function itemRows(label: string, body: string, depth: number, input: TreeInput): TreeRow[] {
  const steps = input.bodies.steps.get(body) ?? [];
  const first =
    steps.find(({ status }) => status === "failed") ??
    steps.find(({ status }) => status === "waiting") ??
    steps[0];
  if (!first) return [];
  const id = `${body}/`;
  const open = input.open.has(id);
  const row: TreeRow = {
    id,
    depth,
    kind: "item",
    label,
    status: worstOf(steps),
    step: first,
    segments: segmentsBelow(steps, input),
    open,
  };
  return open ? [row, ...bodyRows(body, depth + 1, input)] : [row];
}

function bodyRows(body: string, depth: number, input: TreeInput): TreeRow[] {
  const steps = input.bodies.steps.get(body) ?? [];
  return steps
    .filter(({ role }) => speaksForNode(role) || role === "rollback")
    .flatMap((step) =>
      step.role === "collect" ? mapRows(step, steps, depth, input) : stepRows(step, depth, input),
    );
}

/**
 * Lays the steps out as rows.
 * A map is one row; unfolded it shows its items, and each item its steps. A step with several attempts unfolds to them.
 */
export function treeRows(input: TreeInput): TreeRow[] {
  return bodyRows("", 0, input);
}
