// Values between a row and a file: small ones stay in the row, large ones become a reference.
import { StepError } from "../../src/core/failure.ts";
import { BlobRef, type Json, type JsonObject } from "../../src/core/json.ts";
import type { Stored } from "../../src/core/run.ts";
import type { BlobStore } from "./blob-store.ts";
import { sha256 } from "./sha256.ts";

/** Largest JSON text kept in a row, in bytes. */
export const ROW_LIMIT = 64 * 1024;
/** A field of an object that is too large for a row stays in the row up to so many characters. */
const FIELD_LIMIT = 8 * 1024;
/** Fields of fields are looked at down to this level: an output, its ports, their fields. */
const DEEPEST_SPLIT = 3;
const OWN_PATH = /^([0-9a-f-]{36})\/[0-9a-f-]{36}\/([0-9a-f]{64})\.json$/;
const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;
const utf8 = new TextEncoder();

/** Deepest nesting that is kept: far below what ends the stack of a database, a browser, or a walk of ours. */
const DEEPEST = 500;

/** How much deeper a scope is than the values it names: `steps.<key>.output.<port>`. */
const SCOPE = 8;

/** @throws StepError `validation`/`too_deep` */
export function requireShallow(value: Json, deepest: number = DEEPEST): void {
  const open: Json[] = [value];
  const depths = [0];
  for (;;) {
    const item = open.pop();
    const depth = (depths.pop() ?? 0) + 1;
    if (item === undefined) return;
    if (item === null || typeof item !== "object") continue;
    const inner = Array.isArray(item) ? item : Object.values(item);
    if (depth > deepest && inner.length > 0) {
      throw new StepError("validation", "too_deep", `A value is nested more than ${DEEPEST} levels deep.`, {
        hint: "Take out the part that is needed before it is used or returned.",
      });
    }
    for (const one of inner) {
      if (one === null || typeof one !== "object") continue;
      open.push(one);
      depths.push(depth);
    }
  }
}

/** Where a run's files lie. */
export interface FilePlace {
  workspaceId: string;
  runId: string;
}

/**
 * The value as a row may hold it: in place up to 64 KB, else as a reference to a file that was just stored.
 * NUL and broken surrogates, which Postgres refuses, become U+FFFD.
 */
export async function toStored(value: Json, place: FilePlace, blobs: BlobStore): Promise<Stored> {
  const clean = cleaned(value);
  return isSmall([clean.text]) ? clean.value : await putFile(clean.text, place, blobs);
}

/**
 * Like {@link toStored}, but only the large fields become files, also those of a field that is an object itself: who reads
 * another one opens none, and small ones stay to be seen. An object of very many fields becomes one file.
 */
export async function toStoredFields(value: JsonObject, place: FilePlace, blobs: BlobStore): Promise<Stored> {
  const stored = await splitFields(value, place, blobs, 1);
  return isSmall([JSON.stringify(stored)]) ? stored : await toStored(value, place, blobs);
}

async function splitFields(
  value: JsonObject,
  place: FilePlace,
  blobs: BlobStore,
  level: number,
): Promise<Stored> {
  const fields = Object.entries(value).map(([key, field]) => ({ key, field, ...cleaned(field) }));
  if (level === 1 && isSmall(fields.map(({ text }) => text)))
    return Object.fromEntries(fields.map((field) => [String(storable(field.key)), field.value]));
  const small = fields.filter(({ text }) => text.length <= FIELD_LIMIT);
  if (small.length === fields.length || !isSmall(small.map(({ text }) => text)))
    return await putFile(cleaned(value).text, place, blobs);
  const kept = fields.map(async ({ key, field, text, value: clean }) => {
    const name = String(storable(key));
    if (text.length <= FIELD_LIMIT) return [name, clean] as const;
    const isObject = field !== null && typeof field === "object" && !Array.isArray(field);
    if (!isObject || level === DEEPEST_SPLIT) return [name, await putFile(text, place, blobs)] as const;
    return [name, await splitFields(field, place, blobs, level + 1)] as const;
  });
  return Object.fromEntries(await Promise.all(kept));
}

function cleaned(value: Json): { value: Json; text: string } {
  const text = JSON.stringify(value);
  if (!UNSTORABLE.test(text)) return { value, text };
  const clean = storable(value);
  return { value: clean, text: JSON.stringify(clean) };
}

/** Whether texts fit into a row together. Few need to be measured: a character is at most three bytes. */
function isSmall(texts: readonly string[]): boolean {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= ROW_LIMIT / 3) return true;
  return length <= ROW_LIMIT && texts.reduce((sum, text) => sum + utf8.encode(text).length, 0) <= ROW_LIMIT;
}

async function putFile(text: string, place: FilePlace, blobs: BlobStore): Promise<BlobRef> {
  const bytes = utf8.encode(text);
  const hash = sha256(bytes);
  const path = `${place.workspaceId}/${place.runId}/${hash}.json`;
  await blobs.put(path, bytes, "application/json");
  return { $blob: { path, sha256: hash, bytes: bytes.length, mime: "application/json" } };
}

/**
 * Replaces references by the files' contents, at any depth.
 * A reference counts only if its path lies in the workspace and names its content, so a forged one reads nothing.
 * @throws StepError `permanent`/`blob_invalid` when a file is not what its reference says, `validation`/`too_deep`
 */
export async function fromStored(
  value: JsonObject,
  workspaceId: string,
  blobs: BlobStore,
): Promise<JsonObject> {
  requireShallow(value, DEEPEST + SCOPE);
  if (!JSON.stringify(value).includes('"$blob":')) return value;
  const opened = await open(value, workspaceId, blobs);
  return opened !== null && typeof opened === "object" && !Array.isArray(opened) ? opened : value;
}

async function open(value: Json, workspaceId: string, blobs: BlobStore): Promise<Json> {
  if (Array.isArray(value)) return await Promise.all(value.map((item) => open(item, workspaceId, blobs)));
  if (value === null || typeof value !== "object") return value;
  const ref = "$blob" in value ? BlobRef.safeParse(value).data?.$blob : undefined;
  const path = ref === undefined ? null : OWN_PATH.exec(ref.path);
  if (ref !== undefined && path?.[1] === workspaceId && path[2] === ref.sha256) {
    const bytes = await blobs.get(ref.path);
    if (sha256(bytes) !== ref.sha256) {
      throw new StepError(
        "permanent",
        "blob_invalid",
        "A stored value is not what it was when it was written.",
        {
          hint: "Run the step that made it again.",
        },
      );
    }
    const content: Json = JSON.parse(new TextDecoder().decode(bytes));
    return partOf(content, ref.at ?? []);
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await open(item, workspaceId, blobs)] as const),
  );
  return Object.fromEntries(entries);
}

/** The value at a path, as a reference `a.b[0]` reads it: null where there is none. */
function partOf(value: Json, path: readonly string[]): Json {
  let part: Json | undefined = value;
  for (const name of path) {
    if (part === null || typeof part !== "object" || !Object.hasOwn(part, name)) return null;
    part = Array.isArray(part) ? part[Number(name)] : part[name];
  }
  return part ?? null;
}

/** The value with what Postgres cannot hold in text replaced by U+FFFD. */
export function storable(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\u0000", "\ufffd");
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [String(storable(key)), storable(item)]),
  );
}
