import { createHash } from "node:crypto";
import type { JsonObject } from "../../src/core/json.ts";
import type { Plan } from "../../src/core/plan.ts";
import { Plan as PlanSchema } from "../../src/core/plan.ts";
import type { Scenario, StepSpec } from "./scenario.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The plan a scenario describes, complete with defaults, parsed by the same schema a published plan passes. */
export function planOf(
  spec: Pick<Scenario, "steps" | "output" | "settings" | "inputSchema">,
  title: string,
): Plan {
  const draft = {
    irVersion: 1,
    title,
    compiler: "scenario",
    input: spec.inputSchema ?? { type: "object" },
    output: spec.output ?? {},
    outputSchema: { type: "object" },
    variables: { limit: 1_000 },
    triggers: [],
    steps: spec.steps.map(stepOf),
    settings: { lane: "A", ...spec.settings },
    risks: [],
    uses: { connections: [], tools: [], skills: [], workflows: [], packs: [] },
  };
  return PlanSchema.parse({ ...draft, planHash: digest(JSON.stringify(draft)) });
}

function stepOf(spec: StepSpec): JsonObject {
  const { after = [], retry = {}, role, within, deadlineMs } = spec;
  const step = {
    key: spec.key,
    kind: spec.kind ?? (role === undefined || role === "rollback" ? "transform" : "map"),
    kindVersion: 1,
    title: spec.key,
    nodeId: `node_${spec.key}`,
    config: spec.config ?? {},
    inputs: {},
    outputs: { ...spec.outputs },
    dependsOn: after.map((dep) => ({ on: "succeeded", ...(typeof dep === "string" ? { step: dep } : dep) })),
    join: spec.join ?? "all",
    ...(within === undefined ? {} : { within }),
    ...(role === undefined ? {} : { role }),
    reads: [...(spec.reads ?? [])],
    connections: [...(spec.connections ?? [])],
    tools: [],
    effect: spec.effect ?? "pure",
    retry: {
      maxAttempts: retry.maxAttempts ?? 4,
      baseDelayMs: retry.baseDelayMs ?? 1_000,
      factor: 2,
      maxDelayMs: 300_000,
      jitter: "none",
      on: [...(retry.on ?? ["transient", "rate_limited", "timeout"])],
    },
    timeoutMs: 30_000,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    verifiers: [...(spec.verifiers ?? [])],
    onFailure: spec.onFailure ?? "fail_run",
  };
  return { ...step, stepHash: digest(JSON.stringify(step)) };
}
