// A run of two steps with three proofs, exported as a bundle, and what a forger does to it.
import { canonicalBytes } from "./canonical-bytes.ts";
import { planHashOf, stepHashOf } from "./hash.ts";
import type { JsonObject } from "./json.ts";
import { Plan, type Step, type Verifier } from "./plan.ts";
import { bundleHashOf, bundleOf, proofHashOf, type ProofBundle } from "./proof-bundle.ts";
import type { Proof } from "./run.ts";
import { sha256Hex } from "./sha256.ts";
import { verifyBundle } from "./verify-bundle.ts";
/** Of the artifact, the two letters ok. */
export const receiptHash = "2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df";
const runId = "22222222-2222-4222-8222-222222222222";
export const other = "33333333-3333-4333-8333-333333333333";
const at = "2026-03-01T10:00:00.123456+00:00";

const verifier = (name: string, required = true): Verifier => ({
  name,
  kind: "expr",
  config: { expr: "output.total > 1" },
  required,
  timeoutMs: 15_000,
});

function planOf(): Plan {
  const step = (key: string, verifiers: Verifier[]): Step => {
    const draft = {
      key,
      kind: "http-request",
      kindVersion: 1,
      title: key,
      nodeId: `n_${key}`,
      config: { method: "GET" },
      inputs: {},
      outputs: { total: {} },
      dependsOn: [],
      join: "all" as const,
      reads: [],
      connections: [],
      tools: [],
      effect: "read" as const,
      retry: {
        maxAttempts: 4,
        baseDelayMs: 1_000,
        factor: 2,
        maxDelayMs: 300_000,
        jitter: "full" as const,
        immediate: 0,
        on: ["transient" as const],
      },
      timeoutMs: 30_000,
      verifiers,
      onFailure: "fail_run" as const,
    };
    return { ...draft, stepHash: stepHashOf(draft, sha256Hex) };
  };
  const plan = {
    irVersion: 1 as const,
    title: "Fetch and pay",
    compiler: "1.0.0",
    input: { type: "object" },
    output: {},
    outputSchema: {},
    variables: { limit: 3 },
    triggers: [],
    steps: [step("fetch", [verifier("sum"), verifier("nice", false)]), step("pay", [verifier("paid")])],
    settings: { lane: "A", priority: 100, maxParallel: 32, retentionDays: 90 },
    risks: [],
    uses: { connections: [], tools: [], skills: [], workflows: [], packs: [] },
  };
  return Plan.parse({ ...plan, planHash: planHashOf(plan, sha256Hex) });
}

const outputs: Record<string, JsonObject> = { fetch: { total: 5, note: "ü\u2028" }, pay: { total: 7.5 } };

/** The chain as the engine writes it. */
function proofsOf(plan: Plan): Proof[] {
  const found: [string, string, Proof["verdict"], number?][] = [
    ["fetch", "sum", "passed"],
    ["fetch", "nice", "failed", 6.5],
    ["pay", "paid", "passed"],
  ];
  let prevHash = plan.planHash;
  return found.map(([stepKey, name, verdict, score], n) => {
    const evidence = {
      value: verdict === "passed",
      outputHash: sha256Hex(canonicalBytes(outputs[stepKey] ?? null)),
    };
    const fields = {
      runId,
      n: n + 1,
      stepKey,
      itemPath: [],
      attempt: 1,
      verifier: name,
      kind: "expr" as const,
      required: name !== "nice",
      verdict,
      ...(score === undefined ? {} : { score }),
      evidence,
      evidenceHash: sha256Hex(canonicalBytes(evidence)),
      prevHash,
      at: "2026-03-01T10:00:00.123Z",
    };
    const hash = proofHashOf({ ...fields, hash: "" }, sha256Hex);
    prevHash = hash;
    return { ...fields, hash };
  });
}

const snake = (row: object): JsonObject =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

export function bundle(): ProofBundle {
  const plan = planOf();
  const proofs = proofsOf(plan);
  const step = (key: string, verification: string) => ({
    step_key: key,
    item_path: [],
    kind: "http-request",
    role: null,
    status: "succeeded",
    attempt: 1,
    port: null,
    verification,
    output_is_fallback: false,
    reused_from: null,
    error: null,
    started_at: at,
    finished_at: at,
  });
  return bundleOf(
    {
      run: {
        id: runId,
        workspace_id: other,
        workflow_id: other,
        version: 3,
        plan_hash: plan.planHash,
        title: "Fetch and pay",
        mode: "live",
        status: "succeeded",
        retry_of: null,
        retry_count: 0,
        error: null,
        created_at: at,
        started_at: at,
        finished_at: at,
        proof_head: proofs.at(-1)?.hash,
        proof_count: proofs.length,
      },
      version: { plan },
      payload: { input: { a: 1 }, output: null },
      steps: [step("pay", "passed"), step("fetch", "warned")],
      outputs: Object.entries(outputs).map(([key, output]) => ({ step_key: key, item_path: [], output })),
      proofs: proofs.map((proof) => ({ ...snake(proof), at })),
      artifacts: [
        {
          id: other,
          step_key: "pay",
          item_path: [],
          attempt: 1,
          kind: "text",
          title: "receipt.txt",
          mime: "text/plain",
          bytes: 2,
          sha256: receiptHash,
          created_at: at,
        },
      ],
    },
    "2026-03-02T00:00:00.000Z",
    sha256Hex,
  );
}

export const copy = (): ProofBundle => JSON.parse(JSON.stringify(bundle()));
/** A forger who knows the format hashes the file anew. */
export const sealed = (forged: ProofBundle): ProofBundle => ({
  ...forged,
  bundleHash: bundleHashOf(forged, sha256Hex),
});
export const codesOf = (value: unknown, options = {}) => [
  ...new Set(verifyBundle(value, sha256Hex, options).map(({ code }) => code)),
];
