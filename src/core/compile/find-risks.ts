// What a reviewer should see before publishing: effects nobody checks or approves.
import type { Risk } from "../plan.ts";
import { isDestructive } from "./check-surroundings.ts";
import { effectOf } from "./emit-step.ts";
import { upstreamsOf } from "./name-dependencies.ts";
import { isStep, nameOf, report, type Placed, type Sketch } from "./sketch.ts";

export function findRisks(sketch: Sketch): Risk[] {
  const risks: Risk[] = [];
  const warn = (
    placed: Placed,
    code: "effect.no_verifier" | "effect.no_approval",
    message: string,
    hint: string,
  ) => {
    risks.push({ level: "warn", code, message, step: placed.node.key });
    report(sketch, { code, severity: "warning", node: placed.node, message, hint });
  };
  for (const placed of sketch.placed) {
    if (!isStep(placed) || sketch.unreached.has(placed)) continue;
    const effect = effectOf(sketch, placed);
    const outside = placed.kind.category === "tool" && (effect === "idempotent" || effect === "at_most_once");
    if (outside && placed.node.verifiers.length === 0)
      warn(
        placed,
        "effect.no_verifier",
        `${nameOf(placed.node)} changes something outside; only the shape of the answer is checked.`,
        "Add a check that says when it went well.",
      );
    if (isDestructive(sketch, placed) && !isApproved(placed))
      warn(
        placed,
        "effect.no_approval",
        `${nameOf(placed.node)} calls a tool that may destroy something, and no person is asked before.`,
        "Put an approval before it.",
      );
  }
  return risks;
}

function isApproved(placed: Placed): boolean {
  for (let at: Placed | null = placed; at; at = at.parent)
    if ([...upstreamsOf(at)].some(({ kind }) => kind.category === "people")) return true;
  return false;
}
