import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Json } from "./json.ts";
import { readBundle, verifyBundle } from "./verify-bundle.ts";
import { bundle, codesOf, copy, other, sealed } from "./bundle-scene.ts";

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

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
