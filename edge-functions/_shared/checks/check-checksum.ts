// Compares the SHA-256 of a part of the output with the one it should have.
import { z } from "zod";
import { canonicalJson } from "../../../src/core/canonical.ts";
import { resolveBinding } from "../../../src/core/expression.ts";
import { BlobRef, Hash, type Json, type JsonObject } from "../../../src/core/json.ts";
import { ChecksumCheck } from "../../../src/core/verifier-kinds.ts";
import { sha256 } from "../sha256.ts";
import type { CheckMeans, Finding, Subject } from "./check.ts";
import { partOf } from "./check-output-value.ts";

/** A reference to a stored file, as artifacts carry it. */
const FileRef = z.looseObject({ path: z.string(), sha256: Hash });

export async function checkChecksum(raw: JsonObject, subject: Subject, means: CheckMeans): Promise<Finding> {
  const config = ChecksumCheck.parse(raw);
  const { target } = config;
  const bound = resolveBinding(config.sha256, subject.scope);
  const expected = typeof bound === "string" ? bound.trim().toLowerCase() : "";
  if (!Hash.safeParse(expected).success)
    return { verdict: "error", evidence: { target, reason: "What is expected is not a SHA-256." } };
  const { of, bytes } = await bytesOf(partOf(subject.output, target), subject, means);
  const actual = sha256(bytes);
  return {
    verdict: actual === expected ? "passed" : "failed",
    evidence: { target, of, bytes: bytes.length, expected, actual },
  };
}

/** Files by what is stored, data addresses by what they hold, texts as UTF-8, everything else as canonical JSON. */
async function bytesOf(
  value: Json,
  { workspaceId }: Subject,
  means: CheckMeans,
): Promise<{ of: "file" | "data" | "text" | "json"; bytes: Uint8Array }> {
  const path = BlobRef.safeParse(value).data?.$blob.path ?? FileRef.safeParse(value).data?.path;
  if (path !== undefined && path.startsWith(`${workspaceId}/`) && !path.includes(".."))
    return { of: "file", bytes: await means.file(path) };
  if (typeof value !== "string") return { of: "json", bytes: utf8.encode(canonicalJson(value)) };
  const data = /^data:[^,]{0,200};base64,/.exec(value)?.[0];
  if (data === undefined) return { of: "text", bytes: utf8.encode(value) };
  const decoded = decodeBase64(value.slice(data.length));
  return decoded ? { of: "data", bytes: decoded } : { of: "text", bytes: utf8.encode(value) };
}

const utf8 = new TextEncoder();

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
