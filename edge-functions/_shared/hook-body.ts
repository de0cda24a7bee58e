// A webhook's body: read up to its limit, taken only as what the hook declares, never as anything it names itself.
import { Json } from "../../src/core/json.ts";
import { HttpError } from "./responses.ts";
import { requireShallow, storable } from "./stored.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

const types = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  text: "text/plain",
} as const;

/** The content type a hook takes. */
export function contentTypeOf(accepts: string): string {
  return types[accepts === "form" || accepts === "text" ? accepts : "json"];
}

/**
 * The bytes of a request, unpacked.
 * @param maxBytes counts what is unpacked, so that a small packed body cannot become a large one
 * @throws HttpError 413 over the limit, 415 for a packing we do not open, 400 when it breaks off
 */
export async function readHookBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const packing = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (packing !== "identity" && packing !== "gzip" && packing !== "deflate")
    throw new HttpError(
      415,
      "packing_unknown",
      "The body is packed in a way this address does not open.",
      "Send it plain or with gzip.",
    );
  const plain = request.body;
  if (plain === null) return new Uint8Array();
  const body = packing === "identity" ? plain : plain.pipeThrough(new DecompressionStream(packing));
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(next.value);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    if (error instanceof HttpError) throw error;
    throw new HttpError(
      400,
      "body_broken",
      "The body ended early or is not packed as its header says.",
      "Send it again.",
    );
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(
    413,
    "body_too_large",
    `The body is larger than ${maxBytes} bytes.`,
    "Send less at once.",
  );
}

/**
 * The body as a value: JSON, a form's fields by name, or text.
 * @param accepts what the hook declares; the content type must say the same, and the bytes must be that
 * @throws HttpError 415 for another type, 400 for bytes that are not of it
 */
export function parseHookBody(accepts: string, contentType: string | null, bytes: Uint8Array): Json {
  const wanted = accepts === "form" || accepts === "text" ? accepts : "json";
  const [given = "", ...parameters] = (contentType ?? "").split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((part) => part.startsWith("charset="))
    ?.slice("charset=".length)
    .replaceAll('"', "");
  if (given !== contentTypeOf(accepts) || (charset !== undefined && charset !== "utf-8"))
    throw new HttpError(
      415,
      "type_not_taken",
      `This address takes ${types[wanted]} in UTF-8.`,
      "Send that, with its content type.",
    );
  const text = textOf(bytes);
  if (wanted === "text") return text;
  return wanted === "form" ? fieldsOf(text) : jsonOf(text);
}

function textOf(bytes: Uint8Array): string {
  try {
    const text = utf8.decode(bytes);
    if (!text.includes("\u0000")) return text;
  } catch {
    // Said below.
  }
  throw notOfType("is not UTF-8 text");
}

function jsonOf(text: string): Json {
  try {
    const value = Json.parse(JSON.parse(text));
    requireShallow(value);
    return storable(value);
  } catch {
    // Said below.
  }
  throw notOfType("is not JSON that can be kept");
}

/** The last value of a name counts, as with a record. */
function fieldsOf(text: string): Json {
  if (!/^[\x21-\x7e]*$/.test(text)) throw notOfType("is not a form");
  const fields = [...new URLSearchParams(text)];
  if (fields.some(([name]) => name === "__proto__" || name === "")) throw notOfType("is not a form");
  if (text !== "" && !text.includes("=")) throw notOfType("is not a form");
  return storable(Object.fromEntries(fields));
}

function notOfType(what: string): HttpError {
  return new HttpError(400, "body_invalid", `The body ${what}.`, "Send what its content type says.");
}
