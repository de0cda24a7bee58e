import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { planHashOf, stepHashOf } from "./hash.ts";
import type { Json, JsonObject } from "./json.ts";
import { Plan, type Step, type Verifier } from "./plan.ts";
import { bundleHashOf, bundleOf, proofHashOf, type ProofBundle } from "./proof-bundle.ts";
import type { Proof } from "./run.ts";
import { readBundle, verifyBundle } from "./verify-bundle.ts";

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const runId = "22222222-2222-4222-8222-222222222222";
const other = "33333333-3333-4333-8333-333333333333";
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
    return { ...draft, stepHash: stepHashOf(draft, sha256) };
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
  return Plan.parse({ ...plan, planHash: planHashOf(plan, sha256) });
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
      outputHash: sha256(canonicalJson(outputs[stepKey] ?? null)),
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
      evidenceHash: sha256(canonicalJson(evidence)),
      prevHash,
      at: "2026-03-01T10:00:00.123Z",
    };
    const hash = proofHashOf({ ...fields, hash: "" }, sha256);
    prevHash = hash;
    return { ...fields, hash };
  });
}

const snake = (row: object): JsonObject =>
  JSON.parse(JSON.stringify(row), (_, value: unknown) => value) &&
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

function bundle(): ProofBundle {
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
          sha256: sha256("ok"),
          created_at: at,
        },
      ],
    },
    "2026-03-02T00:00:00.000Z",
    sha256,
  );
}

const copy = (): ProofBundle => JSON.parse(JSON.stringify(bundle()));
/** A forger who knows the format hashes the file anew. */
const sealed = (forged: ProofBundle): ProofBundle => ({
  ...forged,
  bundleHash: bundleHashOf(forged, sha256),
});
const codesOf = (value: unknown, options = {}) => [
  ...new Set(verifyBundle(value, sha256, options).map(({ code }) => code)),
];

/** Every leaf of the file, as a path. */
function leaves(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== "object") return [path];
  const entries = Array.isArray(value) ? value.map((item, n) => [n, item] as const) : Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, item]) => leaves(item, [...path, key]));
}

function changeAt(value: Json, [head, ...rest]: (string | number)[]): Json {
  if (head === undefined) return changed(value);
  if (Array.isArray(value)) return value.map((item, n) => (n === head ? changeAt(item, rest) : item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === head ? changeAt(item, rest) : item]),
  );
}

function changed(value: Json): Json {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return flipped(value);
  if (Array.isArray(value)) return [0];
  return value === null ? false : { added: true };
}

/** Another value of the same sort, so that it is not only its form that is refused. */
function flipped(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return (text.startsWith("0") ? "1" : "0") + text.slice(1);
  if (/^\d{4}-/.test(text)) return text.replace("2026", "2025");
  if (/^[0-9a-f-]{36}$/.test(text)) return text.replace(/.$/, (last) => (last === "2" ? "4" : "2"));
  return `${text}x`;
}

describe("a proof bundle", () => {
  it("holds as it was exported, also after another program wrote it in another order", () => {
    expect(verifyBundle(bundle(), sha256)).toEqual([]);
    const turned = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(turned)
        : value !== null && typeof value === "object"
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([key, item]) => [key, turned(item)]),
            )
          : value;
    expect(verifyBundle(turned(copy() as unknown as Json), sha256)).toEqual([]);
  });

  it("keeps outcomes by their hashes and lists the steps in order", () => {
    const { steps, run } = bundle();
    expect(steps.map(({ key, outputHash }) => [key, outputHash])).toEqual([
      ["fetch", sha256('{"note":"ü\u2028","total":5}')],
      ["pay", sha256('{"total":7.5}')],
    ]);
    expect(run).not.toHaveProperty("outputHash");
    expect(JSON.stringify(bundle())).not.toContain("\u2028");
  });

  it("is refused after a change of any leaf", () => {
    const original = copy() as unknown as Json;
    const paths = leaves(original);
    expect(paths.length).toBeGreaterThan(150);
    const unnoticed = paths.filter((path) => verifyBundle(changeAt(original, path), sha256).length === 0);
    expect(unnoticed).toEqual([]);
  });

  it("is refused after a change of any leaf of plan, proofs or outcomes, also when the whole is hashed anew", () => {
    const original = copy() as unknown as Json;
    const free =
      /^plan\.compiler|^plan\.steps\.\d+\.nodeId|^steps\.\d+\.(kind|port|startedAt|finishedAt|attempt|status|outputIsFallback)/;
    const paths = leaves(original).filter((path) =>
      /^(plan|proofs|proofHead|proofCount|steps)\b/.test(path.join(".")),
    );
    const unnoticed = paths.filter(
      (path) =>
        !free.test(path.join(".")) &&
        verifyBundle(sealed(changeAt(original, path) as unknown as ProofBundle), sha256).length === 0,
    );
    expect(unnoticed).toEqual([]);
  });

  it.for<[string, (forged: ProofBundle) => void, string[]]>([
    ["a turned verdict", (f) => (f.proofs[1]!.verdict = "passed"), ["proof.hash", "step.verification"]],
    ["another score", (f) => (f.proofs[1]!.score = 9), ["proof.hash"]],
    ["other evidence", (f) => (f.proofs[0]!.evidence = { value: true }), ["proof.evidence"]],
    [
      "a proof left out",
      (f) => f.proofs.splice(1, 1),
      ["proof.number", "proof.link", "chain.count", "step.verification"],
    ],
    [
      "the last proof left out",
      (f) => f.proofs.pop(),
      ["chain.count", "chain.head", "step.unproven", "step.verification"],
    ],
    ["two proofs exchanged", (f) => f.proofs.reverse(), ["proof.number", "proof.link", "chain.head"]],
    ["a proof of another run", (f) => (f.proofs[0]!.runId = other), ["proof.run", "proof.hash"]],
    ["another plan", (f) => (f.plan.variables = { limit: 4 }), ["plan.hash"]],
    ["another step", (f) => (f.plan.steps[0]!.timeoutMs = 1), ["plan.step_hash"]],
    [
      "a check taken out of the plan",
      (f) => f.plan.steps[1]!.verifiers.pop(),
      ["plan.step_hash", "proof.stranger"],
    ],
    ["another output", (f) => (f.steps[1]!.outputHash = sha256("other")), ["step.output"]],
    ["a step nobody planned", (f) => (f.steps[1]!.key = "more"), ["step.stranger"]],
    ["a run of another plan", (f) => (f.run.planHash = sha256("other")), ["run.plan", "proof.link"]],
  ])("hashed anew is still refused with %s", ([, forge, codes]) => {
    const forged = copy();
    forge(forged);
    expect(codesOf(sealed(forged))).toEqual(codes);
  });

  it("that was made anew from end to end is refused by the head somebody noted", () => {
    const head = bundle().proofHead!;
    const forged = copy();
    const first = forged.proofs[0]!;
    forged.proofs = [{ ...first, attempt: 2, hash: proofHashOf({ ...first, attempt: 2 }, sha256) }];
    const made = sealed({
      ...forged,
      proofCount: 1,
      proofHead: forged.proofs[0]!.hash,
      steps: [{ ...forged.steps[0]!, verification: "passed" }],
    });
    expect(codesOf(made)).toEqual([]);
    expect(codesOf(made, { head })).toEqual(["chain.head"]);
    expect(codesOf(bundle(), { head })).toEqual([]);
  });

  it("tells a file that is the artifact from one that is not, and from one that is none", () => {
    expect(codesOf(bundle(), { files: new Map([["receipt.txt", sha256("ok")]]) })).toEqual([]);
    expect(codesOf(bundle(), { files: new Map([["renamed.txt", sha256("ok")]]) })).toEqual([]);
    expect(codesOf(bundle(), { files: new Map([["receipt.txt", sha256("no")]]) })).toEqual([
      "artifact.digest",
    ]);
    expect(codesOf(bundle(), { files: new Map([["x.txt", sha256("no")]]) })).toEqual(["artifact.missing"]);
  });

  it("with a field it does not know, or that is no bundle at all, says where", () => {
    expect(verifyBundle({ ...bundle(), note: "trust me" }, sha256)).toMatchObject([{ code: "bundle.shape" }]);
    expect(codesOf({})).toEqual(["bundle.shape"]);
    expect(codesOf(null)).toEqual(["bundle.shape"]);
    expect(readBundle("{")).toMatchObject({ problem: { code: "bundle.not_json" } });
  });

  it("asks no proof of what a retry took over, of a fallback, or of what did not succeed", () => {
    for (const facts of [{ reusedFrom: other }, { outputIsFallback: true }, { status: "failed" as const }]) {
      const changedStep = copy();
      changedStep.proofs.pop();
      changedStep.proofCount = 2;
      changedStep.proofHead = changedStep.proofs[1]!.hash;
      changedStep.steps[1] = { ...changedStep.steps[1]!, ...facts };
      expect(codesOf(sealed(changedStep))).toEqual([]);
    }
  });
});
