// The built-in stand-in for a language model: the same prompt always gives the same answer, and no provider is asked.
import type { LlmRequest, LlmResponse } from "../../../src/core/capabilities.ts";
import { canonicalJson } from "../../../src/core/canonical.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { sha256 } from "../sha256.ts";
import { sampleOf } from "./sample-of.ts";

/** Answers with a short outline of the prompt, or with data that fits the schema, and says so. */
export function askSandbox(request: LlmRequest): LlmResponse {
  const { prompt, system = "", schema } = request;
  const seed = sha256(canonicalJson([system, prompt, schema ?? null]));
  const data = schema === undefined ? undefined : sampleOf(schema, seed, hintsIn(prompt));
  const text = data === undefined ? outline(prompt) : JSON.stringify(data);
  return {
    text,
    ...(data === undefined ? {} : { data }),
    provider: "sandbox",
    model: request.model,
    tokensIn: tokens(system + prompt),
    tokensOut: tokens(text),
    costUsd: 0,
    sandbox: true,
  };
}

function outline(prompt: string): string {
  const lines = prompt
    .split(/(?<=[.!?])\s+|\n+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const shown = lines.slice(0, 3).map((line) => `- ${line.length > 120 ? `${line.slice(0, 119)}…` : line}`);
  const words = prompt.split(/\s+/).filter((word) => word !== "").length;
  return ["Sandbox answer: no model was asked.", `The prompt has ${words} words. It begins:`, ...shown].join(
    "\n",
  );
}

/** Fields the prompt itself spells out as JSON: a schema field of that name takes that value. */
function hintsIn(prompt: string): JsonObject {
  const hints: JsonObject = {};
  for (const found of prompt.matchAll(/\{[^{}]{2,4000}\}/g)) {
    try {
      const value: Json = JSON.parse(found[0]);
      if (value !== null && typeof value === "object" && !Array.isArray(value)) Object.assign(hints, value);
    } catch {
      continue;
    }
  }
  return hints;
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
