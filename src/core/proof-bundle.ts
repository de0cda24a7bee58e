// What a run proved, as one file anybody can check without us: the plan, the outcome of every step, every proof, and how they are tied.
import { z } from "zod";
import type { Canonical } from "./canonical.ts";
import { canonicalBytes } from "./canonical-bytes.ts";
import type { Sha256 } from "./hash.ts";
import { Hash, ItemPath, Json, Slug, Time, Uuid } from "./json.ts";
import { BodyRole, Plan, StepKey } from "./plan.ts";
import { Artifact, Proof, RunMode, RunStatus, StepStatus } from "./run.ts";

/** `outputHash` is over the stored output as canonical JSON; a file counts by its reference, which names the file's own digest. */
export const BundleStep = z.strictObject({
  key: StepKey,
  itemPath: ItemPath,
  kind: Slug,
  role: BodyRole.optional(),
  status: StepStatus,
  attempt: z.int().min(0),
  port: z.string().optional(),
  verification: z.enum(["none", "passed", "warned", "failed"]),
  outputHash: Hash.optional(),
  outputIsFallback: z.boolean(),
  reusedFrom: Uuid.optional(),
  errorCode: z.string().optional(),
  startedAt: Time.optional(),
  finishedAt: Time.optional(),
});
export type BundleStep = z.infer<typeof BundleStep>;

export const BundleRun = z.strictObject({
  id: Uuid,
  workspaceId: Uuid,
  workflowId: Uuid,
  version: z.int().min(1),
  planHash: Hash,
  title: z.string(),
  mode: RunMode,
  status: RunStatus,
  retryOf: Uuid.optional(),
  retryCount: z.int().min(0),
  inputHash: Hash.optional(),
  outputHash: Hash.optional(),
  errorCode: z.string().optional(),
  createdAt: Time,
  startedAt: Time.optional(),
  finishedAt: Time.optional(),
});
export type BundleRun = z.infer<typeof BundleRun>;

export const BundleArtifact = Artifact.omit({ body: true, path: true, url: true, runId: true });
export type BundleArtifact = z.infer<typeof BundleArtifact>;

export const ProofBundle = z.strictObject({
  format: z.literal("runboard.proof-bundle"),
  formatVersion: z.literal(1),
  exportedAt: Time,
  run: BundleRun,
  plan: Plan,
  steps: z.array(BundleStep),
  proofs: z.array(Proof),
  proofCount: z.int().min(0),
  /** The hash of the last proof, as the run's row holds it; absent when nothing was checked. */
  proofHead: Hash.optional(),
  artifacts: z.array(BundleArtifact),
  /** Over everything else in the file, as canonical JSON. */
  bundleHash: Hash,
});
export type ProofBundle = z.infer<typeof ProofBundle>;

/** The fields a proof's hash covers; its evidence is represented by its hash. Source: engine.proof_hash */
export function proofHashOf({ hash: _, evidence: __, ...fields }: Proof, sha256: Sha256): string {
  return sha256(canonicalBytes(fields));
}

/** @param bundle parsed or not: the hash is over what stands in the file */
export function bundleHashOf(bundle: { readonly [key: string]: Canonical }, sha256: Sha256): string {
  return sha256(canonicalBytes({ ...bundle, bundleHash: undefined }));
}

/** What to read of which table, so that every exporter reads the same. */
export const bundleReads = {
  run:
    "id, workspace_id, workflow_id, version, plan_hash, title, mode, status, retry_of, retry_count, error, created_at, started_at, finished_at, " +
    "proof_head, proof_count",
  version: "plan",
  payload: "input, output",
  steps:
    "step_key, item_path, kind, role, status, attempt, port, verification, output_is_fallback, reused_from, error, started_at, finished_at",
  outputs: "step_key, item_path, output",
  proofs:
    "run_id, n, step_key, item_path, attempt, verifier, kind, required, verdict, score, evidence, evidence_hash, prev_hash, hash, at",
  artifacts: "id, step_key, item_path, attempt, kind, title, mime, bytes, sha256, created_at",
} as const;

/** The rows as REST gives them. */
export interface BundleRows {
  run: unknown;
  version: unknown;
  payload: unknown;
  steps: readonly unknown[];
  outputs: readonly unknown[];
  proofs: readonly unknown[];
  artifacts: readonly unknown[];
}

const Row = z.record(z.string(), Json);
type Row = z.infer<typeof Row>;

/**
 * Puts a bundle together from rows.
 * @param exportedAt ISO time
 * @throws z.ZodError when a row is not what it should be
 */
export function bundleOf(rows: BundleRows, exportedAt: string, sha256: Sha256): ProofBundle {
  const run = Row.parse(rows.run);
  const payload = Row.parse(rows.payload ?? {});
  const hashed = (value: Json | undefined) =>
    value === undefined || value === null ? undefined : sha256(canonicalBytes(value));
  const outputs = new Map(
    rows.outputs.map((row) => {
      const { step_key, item_path, output } = Row.parse(row);
      return [`${String(step_key)} ${JSON.stringify(item_path)}`, hashed(output)] as const;
    }),
  );
  const steps = rows.steps.map((row) => stepOf(Row.parse(row), outputs)).sort(inOrder);
  const bundle = {
    format: "runboard.proof-bundle",
    formatVersion: 1,
    exportedAt,
    run: filled({
      ...camel(run, ["proof_head", "proof_count", "error"]),
      inputHash: hashed(payload.input),
      outputHash: hashed(payload.output),
      errorCode: codeOf(run.error),
    }),
    plan: Row.parse(rows.version).plan,
    steps,
    proofs: rows.proofs.map((row) => filled(camel(Row.parse(row), []))),
    proofCount: run.proof_count,
    ...filled({ proofHead: run.proof_head }),
    artifacts: rows.artifacts.map((row) => filled(camel(Row.parse(row), []))),
  };
  const parsed = ProofBundle.omit({ bundleHash: true }).parse(bundle);
  return { ...parsed, bundleHash: bundleHashOf(parsed, sha256) };
}

function stepOf(row: Row, outputs: ReadonlyMap<string, string | undefined>): BundleStep {
  const { step_key, item_path } = row;
  return BundleStep.parse(
    filled({
      ...camel(row, ["step_key", "error"]),
      key: step_key,
      outputHash: outputs.get(`${String(step_key)} ${JSON.stringify(item_path)}`),
      errorCode: codeOf(row.error),
    }),
  );
}

function inOrder(a: BundleStep, b: BundleStep): number {
  const [left, right] = [a, b].map(
    (step) => `${step.key} ${step.itemPath.map((at) => String(at).padStart(9, "0")).join(" ")}`,
  );
  return (left ?? "") < (right ?? "") ? -1 : 1;
}

function codeOf(error: Json | undefined): Json | undefined {
  return error !== null && typeof error === "object" && !Array.isArray(error) ? error.code : undefined;
}

/** Without what is null or absent. */
function filled(fields: Record<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, value] as const],
    ),
  );
}

/** Column names as fields; times to the millisecond, as the hashes hold them. */
function camel(row: Row, without: readonly string[]): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) =>
      without.includes(column)
        ? []
        : [
            [
              column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
              (column === "at" || column.endsWith("_at")) && typeof value === "string"
                ? new Date(value).toISOString()
                : value,
            ] as const,
          ],
    ),
  );
}
