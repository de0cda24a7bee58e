// What a check is given and what it answers.
import type { HttpRequest, HttpResponse, LlmRequest, LlmResponse } from "../../../src/core/capabilities.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { KeptChecks, Park, ProofDraft } from "../../../src/core/worker.ts";

/** The outside as a check may reach it: through the same door and with the same record as the step, never committing a start marker. */
export interface CheckMeans {
  http(request: HttpRequest): Promise<HttpResponse>;
  llm(request: LlmRequest): Promise<LlmResponse>;
  /** Rows of one read-only query over the step's workspace; `params` is its `$1`. */
  rows(query: string, params: JsonObject): Promise<Json[]>;
  /** The bytes of a stored file of the step's workspace. */
  file(path: string): Promise<Uint8Array>;
  readonly signal: AbortSignal;
}

/** What is checked: `scope` is what the step could read, with `output` among it. */
export interface Subject {
  name: string;
  title: string;
  workspaceId: string;
  output: JsonObject;
  scope: JsonObject;
  poll: KeptChecks["polls"][string] | undefined;
  answer: KeptChecks["answers"][string] | undefined;
}

export type Finding = Pick<ProofDraft, "verdict" | "evidence" | "score">;

/** `later`: not yet, ask again. `ask`: people have to say. */
export type Ruling =
  | Finding
  | { later: { afterMs: number; poll: KeptChecks["polls"][string] } }
  | { ask: Extract<Park, { for: "approval" }> };

const EVIDENCE_LIMIT = 32 * 1024;

/** Evidence as it is kept: at most 32 KB. */
export function small(evidence: JsonObject): JsonObject {
  return JSON.stringify(evidence).length <= EVIDENCE_LIMIT
    ? evidence
    : { reason: "The evidence was too large to keep." };
}

/** The beginning of a text, or of a value as JSON. */
export function excerpt(value: Json, most = 2_000): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
