// Runs checks against answers that are given, for tests.
import type { HttpResponse } from "../../../src/core/capabilities.ts";
import { StepError } from "../../../src/core/failure.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { Verifier } from "../../../src/core/plan.ts";
import { KeptChecks, type ProofDraft } from "../../../src/core/worker.ts";
import type { CheckMeans } from "./check.ts";
import { runChecks, type Checked } from "./run-checks.ts";

export const workspaceId = "11111111-1111-4111-8111-111111111111";

export interface Given {
  output?: JsonObject;
  scope?: JsonObject;
  kept?: Partial<KeptChecks>;
  means?: Partial<CheckMeans>;
}

export interface Came {
  checked: Checked;
  kept: KeptChecks;
  proofs: ProofDraft[];
}

export const verifier = (
  name: string,
  kind: Verifier["kind"],
  config: JsonObject,
  facts: object = {},
): Verifier => Verifier.parse({ name, kind, config, ...facts });

export async function check(verifiers: Verifier[], given: Given = {}): Promise<Came> {
  const { output = { body: { total: 5 } }, scope = {}, means = {} } = given;
  const kept = KeptChecks.parse(given.kept ?? {});
  const proofs: ProofDraft[] = [];
  const none = () => Promise.reject(new Error("not expected"));
  const checked = await runChecks(
    { verifiers, outputs: { body: {} }, title: "Fetch", workspaceId },
    output,
    scope,
    kept,
    {
      signal: new AbortController().signal,
      means: (_, signal) => ({ http: none, llm: none, rows: none, file: none, ...means, signal }),
      onProof: (proof) => proofs.push(proof),
    },
  );
  return { checked, kept, proofs };
}

export const answers = (...list: (Partial<HttpResponse> | StepError)[]) => {
  let asked = 0;
  const http: CheckMeans["http"] = () => {
    const next = list[Math.min(asked++, list.length - 1)];
    return next instanceof StepError
      ? Promise.reject(next)
      : Promise.resolve({ status: 200, headers: {}, body: null, ...next });
  };
  return { http };
};
export const url = { literal: "https://ci.example.com/7" };
export const network = new StepError("transient", "network", "It could not be reached.");
