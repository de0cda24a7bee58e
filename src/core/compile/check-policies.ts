// What a node's own settings promise: failure handling, retries, limits.
import { checkVerifiers } from "./check-verifiers.ts";
import { nameOf, report, isStep, type Placed, type Sketch } from "./sketch.ts";

export function checkPolicies(sketch: Sketch): void {
  for (const placed of sketch.placed) {
    if (!isStep(placed)) continue;
    checkFailureRoutes(sketch, placed);
    checkVerifiers(sketch, placed);
    checkRetry(sketch, placed);
    checkLimit(sketch, placed);
  }
}

function checkFailureRoutes(sketch: Sketch, { node, outgoing }: Placed): void {
  const drawn = outgoing.some(
    ({ edge }) =>
      edge.sourcePort === "failed" || (edge.sourcePort === "finished" && node.onFailure === "catch"),
  );
  if (node.onFailure === "catch" && !drawn)
    report(sketch, {
      code: "catch.no_edge",
      node,
      path: "onFailure",
      message: `${nameOf(node)} catches its failure, but no wire leaves its failed port.`,
      hint: "Draw the wire that handles the failure, or change what happens on failure.",
      fix: { title: "Let a failure fail the run", patch: { onFailure: "fail_run" } },
    });
  if (node.onFailure !== "catch" && outgoing.some(({ edge }) => edge.sourcePort === "failed"))
    report(sketch, {
      code: "catch.no_edge",
      node,
      path: "onFailure",
      message: `A wire leaves the failed port of ${nameOf(node)}, but its failure is not caught.`,
      hint: "Set it to catch its failure, or delete the wire.",
      fix: { title: "Catch the failure", patch: { onFailure: "catch" } },
    });
}

function checkRetry(sketch: Sketch, { node, kind }: Placed): void {
  const policy = { ...kind.retryPolicy, ...node.retry };
  if ((node.retry?.maxAttempts ?? 1) <= 1 || policy.on.length > 0) return;
  report(sketch, {
    code: "retry.never",
    severity: "warning",
    node,
    path: "retry",
    message: `${nameOf(node)} may be tried ${policy.maxAttempts} times, but no class of failure is retried.`,
    hint: "Choose which failures are retried, or set one attempt.",
  });
}

function checkLimit(sketch: Sketch, { node, kind, config }: Placed): void {
  if (kind.role !== "container" || "maxItems" in node.config || typeof config.maxItems !== "number") return;
  report(sketch, {
    code: "map.no_limit",
    severity: "info",
    node,
    path: "config.maxItems",
    message: `${nameOf(node)} takes at most ${config.maxItems} items, the default.`,
    hint: "Set the limit to what you expect.",
  });
}
