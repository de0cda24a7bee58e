// When a step runs, as alternatives of decisions: "the branch took large" or "fetch failed". The ground for saying
// that a value is there on every route, or that a join can never be complete.
import type { Placed } from "./sketch.ts";

/** Decisions that must all have gone this way: the deciding node to its outcome. */
type Route = ReadonlyMap<Placed, string>;
/** Alternatives; an empty list never happens, null is too tangled to say. */
export type Condition = readonly Route[] | null;

/** Beyond these a canvas of ordinary size would take seconds; the checks that need an answer are then left out. */
const maxRoutes = 64;
const maxDecisions = 32;
const always: Condition = [new Map()];

export class Conditions {
  private readonly runs = new Map<Placed, Condition>();

  /** @param ordered every node after what it waits for */
  constructor(ordered: readonly Placed[]) {
    for (const placed of ordered) this.runs.set(placed, this.conditionOf(placed));
  }

  /** When the node runs. */
  of(placed: Placed): Condition {
    return this.runs.get(placed) ?? null;
  }

  /** When the node ends a certain way. */
  ends(placed: Placed, on: "succeeded" | "failed" | "finished", port?: string): Condition {
    if (on !== "failed" && countOutcomes(placed) === 1) return this.of(placed);
    const outcomes = outcomesOf(placed).filter((outcome) => {
      if (outcome === "skipped") return false;
      return on === "finished" || (on === "failed") === (outcome === "failed");
    });
    const wanted = port === undefined ? outcomes : outcomes.filter((outcome) => outcome === port);
    // A wire from a failure nobody catches is reported as such; it is no reason to call joins impossible too.
    if (on === "failed" && wanted.length === 0) return null;
    const [only] = wanted;
    if (only !== undefined && wanted.length === 1) return both(this.of(placed), decision(placed, only));
    return either(wanted.map((outcome) => both(this.of(placed), decision(placed, outcome))));
  }

  /** A node that may be in each of its routes without a contradiction, though nothing before it was impossible. */
  isImpossible(placed: Placed): boolean {
    const own = this.of(placed);
    return (
      own !== null && own.length === 0 && placed.deps.every(({ upstream }) => this.of(upstream)?.length !== 0)
    );
  }

  private conditionOf(placed: Placed): Condition {
    const parts: Condition[] = [];
    for (const { upstream, on, port, implied } of placed.deps)
      if (!implied) parts.push(this.ends(upstream, on, port));
    if (parts.length === 0) return always;
    const join = placed.kind.join?.(placed.config) ?? "all";
    return join === "all" ? parts.reduce<Condition>((all, part) => both(all, part), always) : either(parts);
  }
}

/** Whether everything in `narrow` is also in `wide`; true when that cannot be said. */
export function implies(narrow: Condition, wide: Condition): boolean {
  if (narrow === null || wide === null) return true;
  return narrow.every((route) =>
    wide.some((other) => [...other].every(([by, outcome]) => route.get(by) === outcome)),
  );
}

export const unconditional: Condition = always;

/** The ways a node may end, as far as they matter to others; one alone is no decision. */
function outcomesOf({ node, ports }: Placed): string[] {
  const ways = ports.routes.length > 0 ? ports.routes : ["ok"];
  const fails = node.onFailure !== "fail_run" && node.fallback === undefined ? ["failed"] : [];
  return [...ways, ...fails, ...(node.when === undefined ? [] : ["skipped"])];
}

function countOutcomes({ node, ports }: Placed): number {
  const fails = node.onFailure !== "fail_run" && node.fallback === undefined;
  return (ports.routes.length || 1) + (fails ? 1 : 0) + (node.when === undefined ? 0 : 1);
}

function decision(placed: Placed, outcome: string): Condition {
  return countOutcomes(placed) === 1 ? always : [new Map([[placed, outcome]])];
}

function both(a: Condition, b: Condition): Condition {
  if (a === null || b === null) return null;
  if (a === always) return b;
  if (b === always) return a;
  const routes: Route[] = [];
  for (const left of a)
    for (const right of b) {
      if ([...right].some(([by, outcome]) => (left.get(by) ?? outcome) !== outcome)) continue;
      routes.push(new Map([...left, ...right]));
      if (routes.length > maxRoutes) return null;
    }
  return simplified(routes);
}

function either(conditions: readonly Condition[]): Condition {
  const routes: Route[] = [];
  for (const condition of conditions) {
    if (condition === null) return null;
    routes.push(...condition);
  }
  return simplified(routes);
}

/** Drops decisions whose every outcome is there, and routes that a more general one covers. */
function simplified(routes: Route[]): Condition {
  if (routes.length > maxRoutes || routes.some(({ size }) => size > maxDecisions)) return null;
  const [first] = routes;
  if (!first) return [];
  if (routes.every((route) => route === first)) {
    // One way is simple already, unless its node decides between one outcome, which decision() never makes.
    return first.size === 0 ? always : [first];
  }
  const whole = ofOneDecision(routes);
  if (whole) return whole;
  let current = withoutCovered(routes);
  for (let changed = true; changed;) {
    changed = false;
    for (const by of new Set(current.flatMap((route) => [...route.keys()]))) {
      const merged = mergeOutcomes(current, by);
      if (!merged) continue;
      current = withoutCovered(merged);
      changed = true;
    }
  }
  const [only] = current;
  return current.length === 1 && only?.size === 0 ? always : current;
}

/** The ways out of one branch that meet again, as most do; null for everything more tangled, and for ways that are left out. */
function ofOneDecision(routes: readonly Route[]): Condition | null {
  let by: Placed | undefined;
  const taken: string[] = [];
  for (const route of routes) {
    if (route.size !== 1) return null;
    for (const [placed, outcome] of route) {
      if (by !== undefined && by !== placed) return null;
      by = placed;
      if (!taken.includes(outcome)) taken.push(outcome);
    }
  }
  return by !== undefined && taken.length === countOutcomes(by) ? always : null;
}

function mergeOutcomes(routes: readonly Route[], by: Placed): Route[] | null {
  const groups = new Map<string, { rest: Route; outcomes: Set<string> }>();
  for (const route of routes) {
    const outcome = route.get(by);
    if (outcome === undefined) continue;
    const rest = new Map([...route].filter(([other]) => other !== by));
    const text = textOf(rest);
    const group = groups.get(text) ?? { rest, outcomes: new Set() };
    groups.set(text, { rest, outcomes: group.outcomes.add(outcome) });
  }
  const complete = [...groups.values()].filter(({ outcomes }) =>
    outcomesOf(by).every((outcome) => outcomes.has(outcome)),
  );
  return complete.length === 0 ? null : [...routes, ...complete.map(({ rest }) => rest)];
}

function textOf(route: Route): string {
  if (route.size === 0) return "";
  return [...route]
    .map(([by, outcome]) => `${by.node.id}=${outcome}`)
    .sort()
    .join("&");
}

function withoutCovered(routes: readonly Route[]): Route[] {
  const different = [...new Map(routes.map((route) => [textOf(route), route])).values()];
  return different.filter(
    (route) =>
      !different.some(
        (other) =>
          other !== route &&
          other.size < route.size &&
          [...other].every(([by, outcome]) => route.get(by) === outcome),
      ),
  );
}
