// The words scenarios are written in: a plan, what its steps answer, and the literal events and end.
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Binding } from "../../src/core/binding.ts";
import type { Verifier } from "../../src/core/plan.ts";
import type { Park } from "../../src/core/worker.ts";

export interface StepSpec {
  readonly key: string;
  /** Default: transform, or what a body's parts are. */
  readonly kind?: string;
  readonly after?: readonly (
    | string
    | { step: string; on?: "succeeded" | "failed" | "finished"; port?: string }
  )[];
  readonly join?: "all" | "any" | "first";
  readonly within?: string;
  readonly role?: "split" | "item" | "turn" | "collect" | "rollback";
  readonly config?: JsonObject;
  readonly reads?: readonly string[];
  readonly retry?: { maxAttempts?: number; baseDelayMs?: number; on?: readonly string[] };
  readonly effect?: "pure" | "read" | "idempotent" | "at_most_once";
  readonly onFailure?: "fail_run" | "continue" | "catch";
  readonly deadlineMs?: number;
  readonly connections?: readonly string[];
  /** JSON Schemas of its output ports. */
  readonly outputs?: Record<string, JsonObject>;
  readonly verifiers?: readonly Verifier[];
}

/** Work that stands while its checks are under way: the output, and how far they are. */
export interface Standing {
  readonly output: JsonObject;
  readonly checks: JsonObject;
}

/** What the scripted worker reports for one execution; `crashes` reports nothing and lets the lease end. */
export type Outcome =
  | {
      readonly kind: "succeeds";
      readonly output: JsonObject;
      readonly port?: string;
      readonly proofs?: readonly JsonObject[];
    }
  | {
      readonly kind: "fails";
      readonly errorClass: string;
      readonly retryAfterMs?: number;
      readonly output?: JsonObject;
      readonly fallback?: true;
      readonly checks?: JsonObject;
      readonly proofs?: readonly JsonObject[];
    }
  | { readonly kind: "skips" | "stops" }
  | { readonly kind: "hands over"; readonly standing?: Standing }
  | { readonly kind: "crashes"; readonly afterMarker: boolean }
  | {
      readonly kind: "parks";
      readonly park: Park;
      readonly output?: JsonObject;
      readonly standing?: Standing;
      readonly proofs?: readonly JsonObject[];
    }
  | { readonly kind: "reports late" | "reports twice"; readonly output: JsonObject };

export type Action =
  /** Nobody does anything until the run has ended: time moves on to what is due next. */
  | { readonly do: "pass" }
  | { readonly do: "cancel" }
  | { readonly do: "pause" }
  | { readonly do: "resume" }
  | { readonly do: "decide"; readonly step: string; readonly verdict: string; readonly payload?: Json }
  | { readonly do: "submit"; readonly step: string; readonly values: JsonObject }
  /** The run's lane, or its workflow. */
  | { readonly do: "hold"; readonly what: "lane" | "workflow"; readonly ends?: true }
  | { readonly do: "signal"; readonly name: string; readonly payload?: Json }
  | {
      readonly do: "retry";
      readonly mode?: "resume" | "from_step" | "restart";
      readonly step?: string;
      readonly version?: "live" | number;
      readonly input?: JsonObject;
      readonly decisions?: Record<string, "do_it_again" | "treat_as_done">;
    }
  /** Another version of the scenario's workflow goes live. */
  | {
      readonly do: "publish";
      readonly steps: readonly StepSpec[];
      readonly output?: Record<string, Binding>;
      readonly inputSchema?: JsonObject;
    };

export interface Scenario {
  readonly steps: readonly StepSpec[];
  readonly input?: JsonObject;
  readonly inputSchema?: JsonObject;
  readonly output?: Record<string, Binding>;
  readonly settings?: JsonObject;
  /** Answers by step, or by step and item (`body[1]`); the last one repeats. No entry: succeeds with `{}`. */
  readonly outcomes?: Record<string, readonly Outcome[]>;
  /** Done when the worker holds this step, before it reports. */
  readonly during?: Record<string, Action>;
  /** Done one after the other whenever nothing is left to execute, before time is moved on. */
  readonly whenIdle?: readonly Action[];
  /** Another workflow of the workspace, by slug, whose steps all succeed with what `outcomes` says. */
  readonly children?: Record<string, { steps: readonly StepSpec[]; output?: Record<string, Binding> }>;
  /** Every event in order: `run started`, `fetch waiting retry`, `choose succeeded via yes`, `fetch failed timeout`. */
  readonly events?: readonly string[];
  readonly ends: "succeeded" | "failed" | "cancelled" | "waiting";
  /** Status by step, items as `body[0]`; those left out are not checked. */
  readonly statuses?: Record<string, string>;
  /** The steps whose outputs the run took over from the one it retries, by key. */
  readonly reused?: readonly string[];
  readonly runOutput?: Json;
  /** Outputs handed to steps whose checks alone are made, by step, with how far those are. */
  readonly kept?: Record<string, Standing>;
  /** `verified` by step, items as `body[0]`. */
  readonly verification?: Record<string, string>;
  /** How often the effect of an at_most_once step was performed, by step. */
  readonly effects?: Record<string, number>;
  /** Every proof in order: `fetch total passed`. */
  readonly proofs?: readonly string[];
  /** Scopes handed to steps, by step. */
  readonly scopes?: Record<string, JsonObject>;
  readonly errorCode?: string;
  readonly rejected?: number;
  /** Scenarios about crashes are not crashed once more. */
  readonly crashPoints?: false;
}

export const scenario = (spec: Scenario): Scenario => spec;
export const step = (key: string, facts: Omit<StepSpec, "key"> = {}): StepSpec => ({ key, ...facts });
export const succeeds = (
  output: JsonObject = {},
  port?: string,
  proofs: readonly JsonObject[] = [],
): Outcome => ({
  kind: "succeeds",
  output,
  proofs,
  ...(port === undefined ? {} : { port }),
});
export const fails = (
  errorClass: string,
  facts: Omit<Extract<Outcome, { kind: "fails" }>, "kind" | "errorClass"> = {},
): Outcome => ({
  kind: "fails",
  errorClass,
  ...facts,
});
export const skips: Outcome = { kind: "skips" };
export const handsOver: Outcome = { kind: "hands over" };
export const crashes: Outcome = { kind: "crashes", afterMarker: false };
export const crashesAfterMarker: Outcome = { kind: "crashes", afterMarker: true };
export const parks = (park: Park, standing?: Standing, proofs: readonly JsonObject[] = []): Outcome => ({
  kind: "parks",
  park,
  proofs,
  ...(standing === undefined ? {} : { standing }),
});
export const handsOverTo = (standing: Standing): Outcome => ({ kind: "hands over", standing });
/** A verifier's finding as a worker reports it. */
export const proof = (verifier: string, verdict = "passed", required = true): JsonObject => ({
  verifier,
  kind: "expr",
  required,
  verdict,
  evidence: {},
  evidenceHash: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
});
export const verifier = (name: string, facts: Partial<Verifier> = {}): Verifier => ({
  name,
  kind: "http",
  config: {},
  required: true,
  timeoutMs: 15_000,
  ...facts,
});
export const reportsLate = (output: JsonObject = {}): Outcome => ({ kind: "reports late", output });
export const reportsTwice = (output: JsonObject = {}): Outcome => ({ kind: "reports twice", output });

/** A map `each` over `items` with one body of steps, as the compiler lays it out. */
export function mapOver(
  key: string,
  body: readonly StepSpec[],
  facts: {
    after?: StepSpec["after"];
    within?: string;
    concurrency?: number;
    onItemFailure?: "fail" | "collect";
    deadlineMs?: number;
    onFailure?: StepSpec["onFailure"];
  } = {},
): StepSpec[] {
  const config = {
    concurrency: facts.concurrency ?? 8,
    maxItems: 1_000,
    onItemFailure: facts.onItemFailure ?? "fail",
  };
  const outer = {
    ...(facts.within === undefined ? {} : { within: facts.within }),
    ...(facts.deadlineMs === undefined ? {} : { deadlineMs: facts.deadlineMs }),
  };
  const named = new Set(
    body.flatMap(({ after = [] }) => after.map((dep) => (typeof dep === "string" ? dep : dep.step))),
  );
  const leaves = body.filter(
    (one) =>
      !named.has(one.key) && (one.within ?? key) === key && one.role !== "split" && one.role !== "rollback",
  );
  return [
    { key: `${key}__split`, role: "split", config, after: facts.after ?? [], ...outer },
    ...body.map((one) => ({ within: key, ...one })),
    {
      key: `${key}__item`,
      role: "item",
      within: key,
      after: leaves.map((leaf) => leaf.key),
      reads: ["item", "index"],
    },
    {
      key,
      role: "collect",
      config,
      after: [`${key}__split`],
      ...outer,
      ...(facts.onFailure === undefined ? {} : { onFailure: facts.onFailure }),
    },
  ];
}

/** A repeat `key` of one body of steps, as the compiler lays it out; its `<key>__turn` answers `{ value, done }`. */
export function repeatOf(
  key: string,
  body: readonly StepSpec[],
  facts: {
    after?: StepSpec["after"];
    within?: string;
    maxTurns?: number;
    onBound?: "fail" | "stop";
    deadlineMs?: number;
    onFailure?: StepSpec["onFailure"];
  } = {},
): StepSpec[] {
  const config = { maxTurns: facts.maxTurns ?? 5, onBound: facts.onBound ?? "fail" };
  const parts = mapOver(key, body, facts);
  return parts.map((part) => {
    if (part.key === `${key}__item`)
      return { ...part, kind: "repeat", key: `${key}__turn`, role: "turn", reads: ["turn", "previous"] };
    return part.key === key || part.key === `${key}__split` ? { ...part, kind: "repeat", config } : part;
  });
}

/** The step that undoes another, as the compiler lays it out. */
export const rollbackOf = (key: string, facts: Omit<StepSpec, "key" | "role"> = {}): StepSpec => ({
  key: `${key}__rollback`,
  role: "rollback",
  onFailure: "continue",
  ...facts,
});
