// Credentials do not belong into documents, which are shown, exported and stored in versions.
import type { CanvasNode } from "../canvas.ts";
import type { Json } from "../json.ts";
import { nameOf, report, type Sketch } from "./sketch.ts";

/** Every pattern is linear: a fixed start and one run of characters. */
const patterns: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{20,}/,
  /\bsk_(?:live|test)_[A-Za-z0-9]{16,}/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /\bgithub_pat_[A-Za-z0-9_]{30,}/,
  /\bxox[abposr]-[A-Za-z0-9-]{10,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bAIza[A-Za-z0-9_-]{35}/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
  /\b[Bb]earer [A-Za-z0-9._~+/-]{20,}/,
  /\b[Bb]asic [A-Za-z0-9+/]{20,}={0,2}/,
  /:\/\/[^/\s:@{}]{1,80}:[^/\s:@{}]{3,80}@/,
];

/** How each of them begins or what is in it, and the length of the shortest: one look at a text that is none, instead of thirteen. */
const traces =
  /sk[-_]|gh[pousr]_|github_pat_|xox[abposr]-|AKIA|ASIA|AIza|glpat-|-----BEGIN |eyJ|[Bb](?:earer|asic) |:\/\//;
const shortest = "://a:abc@".length;

const secretNames =
  /^(authorization|proxy-authorization|x-api-key|api[-_]?key|password|passwd|secret|client[-_]?secret|access[-_]?token|auth[-_]?token)$/i;

export function findSecrets(sketch: Sketch): void {
  const { doc } = sketch;
  for (const node of doc.nodes) {
    checkPlace(sketch, node, "config", node.config);
    checkPlace(sketch, node, "inputs", node.inputs);
    if (node.pin) checkPlace(sketch, node, "pin", node.pin.output);
    if (node.verifiers.length > 0) checkPlace(sketch, node, "verifiers", node.verifiers);
    if (node.rollback) checkPlace(sketch, node, "rollback", node.rollback);
  }
  const path = secretAt(doc.variables, "variables");
  if (path !== null)
    report(sketch, {
      code: "secret.literal",
      path,
      message: `The variables hold what looks like a credential, in ${path}.`,
      hint: "Store it as a connection and name that.",
    });
}

function checkPlace(sketch: Sketch, node: CanvasNode, place: string, value: Json): void {
  const path = secretAt(value, place);
  if (path !== null)
    report(sketch, {
      code: "secret.literal",
      node,
      path,
      message: `${nameOf(node)} holds what looks like a credential, in ${path}.`,
      hint: "Store it as a connection and name that; a credential never belongs into a workflow.",
    });
}

/** The path is put together on the way back, because there is hardly ever one. */
function secretAt(value: Json, path: string): string | null {
  const rest = restAt(value, 0);
  return rest === null ? null : path + rest;
}

function restAt(value: Json, depth: number): string | null {
  if (typeof value === "string") return isSecret(value) ? "" : null;
  if (value === null || typeof value !== "object" || depth > 30) return null;
  if (Array.isArray(value)) {
    for (let n = 0; n < value.length; n++) {
      const rest = restAt(value[n] ?? null, depth + 1);
      if (rest !== null) return `[${n}]${rest}`;
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    const field = value[key] ?? null;
    if (secretNames.test(key) && isLiteralSecret(field)) return `.${key}`;
    const rest = restAt(field, depth + 1);
    if (rest !== null) return `.${key}${rest}`;
  }
  return null;
}

function isSecret(value: string): boolean {
  if (value.length < shortest) return false;
  const text = value.length > 20_000 ? value.slice(0, 20_000) : value;
  return traces.test(text) && patterns.some((pattern) => pattern.test(text));
}

/** A fixed text under a telling name; a reference or a template with braces is filled in at run time. */
function isLiteralSecret(field: Json): boolean {
  const text = typeof field === "object" && field !== null && !Array.isArray(field) ? field.literal : field;
  return typeof text === "string" && text.length >= 8 && !text.includes("{{");
}
