// Credentials do not belong into documents, which are shown, exported and stored in versions.
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

const secretNames =
  /^(authorization|proxy-authorization|x-api-key|api[-_]?key|password|passwd|secret|client[-_]?secret|access[-_]?token|auth[-_]?token)$/i;

export function findSecrets(sketch: Sketch): void {
  const { doc } = sketch;
  for (const node of doc.nodes) {
    const places: [string, Json][] = [
      ["config", node.config],
      ["inputs", node.inputs],
      ["pin", node.pin?.output ?? null],
      ["verifiers", node.verifiers],
      ["rollback", node.rollback ?? null],
    ];
    for (const [place, value] of places) {
      const path = secretAt(value, place, 0);
      if (path !== null)
        report(sketch, {
          code: "secret.literal",
          node,
          path,
          message: `${nameOf(node)} holds what looks like a credential, in ${path}.`,
          hint: "Store it as a connection and name that; a credential never belongs into a workflow.",
        });
    }
  }
  const path = secretAt(doc.variables, "variables", 0);
  if (path !== null)
    report(sketch, {
      code: "secret.literal",
      path,
      message: `The variables hold what looks like a credential, in ${path}.`,
      hint: "Store it as a connection and name that.",
    });
}

/** The path is put together on the way back, because there is hardly ever one. */
function secretAt(value: Json, path: string, depth: number): string | null {
  const rest = restAt(value, depth);
  return rest === null ? null : path + rest;
}

function restAt(value: Json, depth: number): string | null {
  if (typeof value === "string")
    return patterns.some((pattern) => pattern.test(value.length > 20_000 ? value.slice(0, 20_000) : value))
      ? ""
      : null;
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

/** A fixed text under a telling name; a reference or a template with braces is filled in at run time. */
function isLiteralSecret(field: Json): boolean {
  const text = typeof field === "object" && field !== null && !Array.isArray(field) ? field.literal : field;
  return typeof text === "string" && text.length >= 8 && !text.includes("{{");
}
