// Seventh pass: values that are not there on every route, and joins that no route completes.
import { Conditions, implies, unconditional } from "./conditions.ts";
import { formatPath } from "../expression/path.ts";
import type { StepMention } from "./name-dependencies.ts";
import { nameOf, report, type Placed, type Sketch } from "./sketch.ts";

export function checkRoutes(sketch: Sketch, conditions: Conditions, mentions: readonly StepMention[]): void {
  for (const placed of sketch.placed) {
    if (!conditions.isImpossible(placed)) continue;
    const join = placed.kind.join !== undefined;
    report(sketch, {
      code: "graph.never_joins",
      node: placed.node,
      message: `${nameOf(placed.node)} waits for routes that are never taken together: ${namesOf(placed)}.`,
      hint: join
        ? "Set it to go on with any way, instead of all of them."
        : "Put a merge that goes on with any way before it.",
    });
  }
  const reported = new Set<string>();
  for (const mention of mentions) {
    const { at, upstream, what, path, source, reader } = mention;
    if (path.optional || what === "status" || what === "step" || conditions.of(at)?.length === 0) continue;
    const there = conditions.ends(upstream, what === "error" ? "failed" : "succeeded");
    if (implies(conditions.of(at), there)) continue;
    const id = `${reader.node.id} ${source.path} ${upstream.node.id} ${what}`;
    if (reported.has(id)) continue;
    reported.add(id);
    report(sketch, {
      code: "ref.maybe_missing",
      node: reader.node,
      path: source.path,
      message: `${nameOf(reader.node)} reads ${what === "error" ? "the failure" : "the output"} of ${nameOf(upstream.node)}, which is not there on every route.`,
      hint: hintFor(mention),
    });
  }
}

/** Whether a step's output is there whenever the run succeeds. */
export function isAlwaysThere(conditions: Conditions, placed: Placed): boolean {
  return implies(unconditional, conditions.ends(placed, "succeeded"));
}

function hintFor({ source, path }: StepMention): string {
  const text = formatPath(path);
  return "ref" in source.binding
    ? `Write ${text}? to take null when it is absent, or read it before the routes join.`
    : `Write default(${text}, …), or read it before the routes join.`;
}

function namesOf(placed: Placed): string {
  return placed.deps
    .map(({ upstream, port }) =>
      port === undefined ? nameOf(upstream.node) : `${nameOf(upstream.node)} (${port})`,
    )
    .join(", ");
}
