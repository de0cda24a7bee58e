// What undoes a step: checked as the node it would be, and emitted as a step of its own, which only a run that failed or was
// cancelled gets to run.
import type { CanvasNode } from "../canvas.ts";
import { didYouMean } from "../nearest.ts";
import type { Rollback } from "../plan.ts";
import { checkNode } from "./check-sources.ts";
import { checkAround } from "./check-surroundings.ts";
import { emitStep, type Unhashed } from "./emit-step.ts";
import { parseConfig, placedAs } from "./place-nodes.ts";
import type { Scopes } from "./scopes.ts";
import { isStep, nameOf, report, type Placed, type Sketch } from "./sketch.ts";

const suffix = "__rollback";

/** The key of the step a rollback step undoes. */
export function undoneBy(key: string): string {
  return key.slice(0, -suffix.length);
}

/** Naming a step in a rollback creates no dependency: it runs after everything, and reads null where a step did not run. */
export function checkRollbacks(sketch: Sketch, scopes: Scopes): void {
  for (const placed of sketch.placed) {
    const { rollback } = placed.node;
    if (!rollback || !isStep(placed)) continue;
    const before = sketch.diagnostics.length;
    const undo = place(sketch, placed, rollback);
    if (undo) {
      placed.rollback = undo;
      checkAround(sketch, undo);
      checkNode(sketch, undo, scopes, []);
    }
    sketch.diagnostics = sketch.diagnostics.map((one, n) =>
      n < before ? one : { ...one, path: one.path === undefined ? "rollback" : `rollback.${one.path}` },
    );
  }
}

function place(sketch: Sketch, { node, parent, depth }: Placed, rollback: Rollback): Placed | null {
  const kind = sketch.kinds.get(rollback.kind);
  const able = [...sketch.kinds.values()].filter(({ role, join }) => role === "step" && !join);
  if (!kind || !able.includes(kind)) {
    report(sketch, {
      code: "node.unknown_kind",
      node,
      path: "kind",
      message: `${nameOf(node)} cannot be undone by ${kind ? `a ${kind.title.toLowerCase()} node` : `the kind ${rollback.kind}, which is not here`}.`,
      hint: didYouMean(
        rollback.kind,
        able.map((one) => one.kind),
        "Choose a kind that does one thing, such as an HTTP request.",
      ),
    });
    return null;
  }
  const { when: _, retry: __, timeoutMs: ___, deadlineMs: ____, effect: _____, ...rest } = node;
  const { fallback: ______, rollback: _______, pin: ________, ...plain } = rest;
  const undo: CanvasNode = {
    ...plain,
    key: `${node.key}${suffix}`,
    title: `Undo: ${nameOf(node)}`.slice(0, 120),
    kind: rollback.kind,
    kindVersion: kind.version,
    config: rollback.config,
    inputs: rollback.inputs,
    verifiers: [],
    onFailure: "continue",
  };
  const { config, ok } = parseConfig(sketch, undo, kind);
  return { ...placedAs(sketch, undo, kind, config, ok), parent, depth };
}

/** No step, or the one that undoes the node; it waits for nothing: the engine starts it when its turn has come. */
export function emitRollback(sketch: Sketch, { rollback }: Placed): Unhashed[] {
  return rollback ? [{ ...emitStep(sketch, rollback, []), dependsOn: [], role: "rollback" }] : [];
}
