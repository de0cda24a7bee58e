// Large values of runs, which are files in Storage: reading their beginning, all of them, and links to save them.
import { queryOptions } from "@tanstack/react-query";
import { Json } from "../core/json.ts";
import { client } from "./client.ts";
import { DataError, dataErrorOf } from "./data-error.ts";

const bucket = "runs";
/** How long a link works, in seconds. */
const linkSeconds = 60;

/** Values up to this are read whole, so that they can be looked through like any other. */
export const wholeBytes = 1024 * 1024;
/** A part of a file is looked for in files up to this. */
const searchedBytes = 32 * 1024 * 1024;
/** This much of a larger one is shown. */
export const previewBytes = 64 * 1024;

export interface FileBeginning {
  text: string;
  /** Set when the whole file was read and is JSON. */
  value: Json | undefined;
  /** False when `text` is only the beginning. */
  whole: boolean;
}

/**
 * A link to the file that works for a minute.
 * @param saveAs file name a browser saves it under; left out, it is shown
 * @throws DataError `missing_file` when it is gone or the right to see payloads is missing
 */
export async function fileLink(path: string, saveAs?: string): Promise<string> {
  const { data, error } = await client()
    .storage.from(bucket)
    .createSignedUrl(path, linkSeconds, saveAs === undefined ? {} : { download: saveAs });
  if (data) return data.signedUrl;
  const known = dataErrorOf(error);
  if (known.code === "offline" || known.code === "session_expired") throw known;
  throw new DataError(
    "missing_file",
    "This file is not there any more, or you may not see it.",
    "It goes with its run; an owner decides who may see what runs read and made.",
    error.message,
  );
}

/**
 * @param bytes size of the file, as its reference says
 * @param at    where in the file's JSON the value stands; empty is the whole of it
 * @throws DataError
 */
export async function readBeginning(
  path: string,
  bytes: number,
  at: readonly string[],
): Promise<FileBeginning> {
  if (at.length > 0) {
    const text = await readPart(path, bytes, at);
    const whole = text.length <= wholeBytes;
    return {
      text: whole ? text : text.slice(0, previewBytes),
      value: whole ? asJson(text) : undefined,
      whole,
    };
  }
  const whole = bytes <= wholeBytes;
  const text = await readFirst(path, whole ? bytes : previewBytes);
  return { text, value: whole ? asJson(text) : undefined, whole };
}

/** The part of a file at a path, as JSON; `null` where there is none. @throws DataError */
export async function readPart(path: string, bytes: number, at: readonly string[]): Promise<string> {
  if (bytes > searchedBytes)
    throw new DataError(
      "file_too_large",
      "This is a part of a file that is too large to be looked through here.",
      "Open the step that made it and download its output.",
    );
  let part: Json | undefined = asJson(await readFirst(path, bytes));
  for (const name of at) {
    if (part === null || typeof part !== "object" || !Object.hasOwn(part, name)) return "null";
    part = Array.isArray(part) ? part[Number(name)] : part[name];
  }
  return JSON.stringify(part ?? null, null, 2);
}

async function readFirst(path: string, most: number): Promise<string> {
  const answer = await fetch(await fileLink(path), { headers: { range: `bytes=0-${most - 1}` } }).catch(
    (thrown: unknown) => {
      throw dataErrorOf({ message: thrown instanceof Error ? thrown.message : String(thrown) });
    },
  );
  if (answer.ok) return await readText(answer, most);
  throw new DataError(
    "file_unreadable",
    `The file could not be read (status ${answer.status}).`,
    "Try again.",
  );
}

/** A server that does not know ranges sends everything; what is over is not waited for. */
async function readText(answer: Response, most: number): Promise<string> {
  if (answer.body === null) return "";
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let left = most; left > 0;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  return text;
}

function asJson(text: string): Json | undefined {
  try {
    return Json.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What a file says never changes: its path names its content. */
export function beginningQuery(path: string, bytes: number, at: readonly string[]) {
  return queryOptions({
    queryKey: ["file", path, at],
    queryFn: () => readBeginning(path, bytes, at),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
}
