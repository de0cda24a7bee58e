// Checks a proof bundle with nothing but the file: every hash again, every link, and whether the outcomes are what the proofs say.
import { z } from "zod";
import { canonicalBytes } from "./canonical-bytes.ts";
import { planHashOf, stepHashOf, type Sha256 } from "./hash.ts";
import { Hash, Json, JsonObject } from "./json.ts";
import type { Proof } from "./run.ts";
import { bundleHashOf, ProofBundle, proofHashOf, type BundleStep } from "./proof-bundle.ts";

export const BundleProblemCode = z.enum([
  "bundle.not_json",
  "bundle.shape",
  "bundle.hash",
  "plan.hash",
  "plan.step_hash",
  "run.plan",
  "proof.run",
  "proof.number",
  "proof.link",
  "proof.evidence",
  "proof.hash",
  "proof.stranger",
  "chain.count",
  "chain.head",
  "step.stranger",
  "step.output",
  "step.unproven",
  "step.verification",
  "artifact.digest",
  "artifact.missing",
]);
export type BundleProblemCode = z.infer<typeof BundleProblemCode>;

/** `place` points into the file, e.g. `proofs[3].evidence`. */
export interface BundleProblem {
  code: BundleProblemCode;
  place: string;
  message: string;
}

export interface BundleOptions {
  /** The head the caller knows from elsewhere, e.g. noted from the run page: ties the file to that run. */
  head?: string;
  /** Digests of files the caller has, by name or artifact id; each must be an artifact of the bundle. */
  files?: ReadonlyMap<string, string>;
}

/** @returns what is wrong, in the order of the file; empty when everything holds */
export function verifyBundle(value: unknown, sha256: Sha256, options: BundleOptions = {}): BundleProblem[] {
  const parsed = ProofBundle.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues.slice(0, 20).map((issue) => ({
      code: "bundle.shape",
      place: issue.path.map(String).join("."),
      message: `${issue.message}.`,
    }));
  const bundle = parsed.data;
  const found: BundleProblem[] = [];
  const say = (code: BundleProblemCode, place: string, message: string) =>
    found.push({ code, place, message });
  // Over the file as it is: what a parser would add or drop must not go unnoticed.
  if (bundleHashOf(JsonObject.parse(value), sha256) !== bundle.bundleHash)
    say("bundle.hash", "bundleHash", "Something in the file was changed after it was exported.");
  checkPlan(bundle, sha256, say);
  checkChain(bundle, sha256, options.head, say);
  checkSteps(bundle, say);
  checkFiles(bundle, options.files, say);
  return found;
}

type Say = (code: BundleProblemCode, place: string, message: string) => void;

function checkPlan({ plan, run }: ProofBundle, sha256: Sha256, say: Say): void {
  plan.steps.forEach((step, n) => {
    if (stepHashOf(step, sha256) !== step.stepHash)
      say("plan.step_hash", `plan.steps[${n}]`, `The step ${step.key} is not the one its hash names.`);
  });
  if (planHashOf(plan, sha256) !== plan.planHash)
    say("plan.hash", "plan.planHash", "The plan is not the one its hash names.");
  if (run.planHash !== plan.planHash)
    say("run.plan", "run.planHash", "The run executed another plan than the one in the file.");
}

function checkChain(bundle: ProofBundle, sha256: Sha256, head: string | undefined, say: Say): void {
  const { proofs, run, plan } = bundle;
  let before = run.planHash;
  const checked = new Set(
    plan.steps.flatMap((step) => step.verifiers.map(({ name }) => `${step.key} ${name}`)),
  );
  proofs.forEach((proof, at) => {
    const place = `proofs[${at}]`;
    const name = `Proof ${proof.n} (${proof.stepKey}, ${proof.verifier})`;
    if (proof.runId !== run.id) say("proof.run", `${place}.runId`, `${name} is of another run.`);
    if (proof.n !== at + 1)
      say(
        "proof.number",
        `${place}.n`,
        `${name} stands in the place of proof ${at + 1}: one is missing or was moved.`,
      );
    if (proof.prevHash !== before)
      say(
        "proof.link",
        `${place}.prevHash`,
        `${name} does not follow on ${at === 0 ? "the plan" : `proof ${at}`}.`,
      );
    if (sha256(canonicalBytes(proof.evidence)) !== proof.evidenceHash)
      say("proof.evidence", `${place}.evidence`, `The evidence of ${name} is not what was hashed.`);
    if (proofHashOf(proof, sha256) !== proof.hash)
      say("proof.hash", place, `${name} is not what was hashed: its verdict or another field was changed.`);
    if (!checked.has(`${proof.stepKey} ${proof.verifier}`))
      say("proof.stranger", place, `${name} is of a check the plan does not have.`);
    before = proof.hash;
  });
  if (bundle.proofCount !== proofs.length)
    say("chain.count", "proofCount", `The run has ${bundle.proofCount} proofs, the file ${proofs.length}.`);
  const last = proofs.at(-1)?.hash;
  if (bundle.proofHead !== last)
    say(
      "chain.head",
      "proofHead",
      "The chain does not end in the head the run holds: proofs are missing at its end.",
    );
  if (head !== undefined && head !== (last ?? run.planHash))
    say(
      "chain.head",
      "proofHead",
      "The chain does not end in the head that was given: this is another chain.",
    );
}

function checkSteps({ steps, proofs, plan }: ProofBundle, say: Say): void {
  const planned = new Map(plan.steps.map((step) => [step.key, step]));
  const latest = new Map<string, Map<string, Proof>>();
  for (const proof of proofs) {
    const instance = nameOf(proof.stepKey, proof.itemPath);
    const mine = latest.get(instance) ?? new Map<string, Proof>();
    latest.set(instance, mine.set(proof.verifier, proof));
  }
  steps.forEach((step, at) => {
    const place = `steps[${at}]`;
    const instance = nameOf(step.key, step.itemPath);
    const found = latest.get(instance) ?? new Map<string, Proof>();
    latest.delete(instance);
    const plannedStep = planned.get(step.key);
    if (!plannedStep) return say("step.stranger", place, `The plan has no step ${step.key}.`);
    checkOutput(step, found, place, say);
    // What a retry took over was proved in the run it came from, and a fallback is nobody's work.
    if (step.status !== "succeeded" || step.reusedFrom !== undefined || step.outputIsFallback) return;
    const required = plannedStep.verifiers.filter((verifier) => verifier.required);
    for (const { name } of required)
      if (found.get(name)?.verdict !== "passed")
        say("step.unproven", place, `${instance} succeeded, but its required check ${name} has not passed.`);
    const warned = [...found.values()].some(({ verdict }) => verdict !== "passed");
    const expected = found.size === 0 ? "none" : warned ? "warned" : "passed";
    if (step.verification !== expected)
      say(
        "step.verification",
        `${place}.verification`,
        `${instance} is marked ${step.verification}; its proofs say ${expected}.`,
      );
  });
  for (const instance of latest.keys())
    say("step.stranger", "proofs", `There are proofs of ${instance}, which the file does not list.`);
}

/** The newest proofs name the output they looked at; a step that stands must have ended with that one. */
function checkOutput(step: BundleStep, found: ReadonlyMap<string, Proof>, place: string, say: Say): void {
  if (step.outputIsFallback || step.status !== "succeeded") return;
  for (const { evidence, verifier } of found.values()) {
    const about = Evidence.safeParse(evidence).data?.outputHash;
    if (about !== undefined && about !== step.outputHash)
      say(
        "step.output",
        `${place}.outputHash`,
        `${nameOf(step.key, step.itemPath)} ended with another output than ${verifier} looked at.`,
      );
  }
}

const Evidence = z.looseObject({ outputHash: Hash.optional() });

function checkFiles(
  { artifacts }: ProofBundle,
  files: ReadonlyMap<string, string> | undefined,
  say: Say,
): void {
  for (const [name, digest] of files ?? []) {
    const named = artifacts.findIndex(({ id, title }) => id === name || title === name);
    if (named >= 0 && artifacts[named]?.sha256 !== digest)
      say("artifact.digest", `artifacts[${named}]`, `The file ${name} is not the artifact of that name.`);
    else if (named < 0 && !artifacts.some(({ sha256 }) => sha256 === digest))
      say("artifact.missing", "artifacts", `The file ${name} is none of the run's artifacts.`);
  }
}

function nameOf(key: string, itemPath: readonly number[]): string {
  return itemPath.length === 0 ? key : `${key}[${itemPath.join(",")}]`;
}

/** @returns the text as JSON, or the problem that it is none */
export function readBundle(text: string): { value: Json } | { problem: BundleProblem } {
  try {
    const value: Json = JSON.parse(text);
    return { value };
  } catch (error) {
    const message = `The file is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
    return { problem: { code: "bundle.not_json", place: "", message } };
  }
}
