import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Json } from "./json.ts";
import { proofHashOf, type ProofBundle } from "./proof-bundle.ts";
import { verifyBundle } from "./verify-bundle.ts";
import { bundle, codesOf, copy, other, sealed } from "./bundle-scene.ts";

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

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
});
