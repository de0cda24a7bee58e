// `can.http`: one request to a web API through the egress door.
import type { HttpRequest, HttpResponse } from "../../../src/core/capabilities.ts";
import { StepError } from "../../../src/core/failure.ts";
import type { Json } from "../../../src/core/json.ts";
import { credentialHeaders, requireReach, type Connection } from "../connection.ts";
import { readBody } from "../read-body.ts";
import type { Outside } from "./outside.ts";
import { answeredAt, retryAfterMs } from "./retry-after.ts";

const MAX_BYTES = 10 * 1024 * 1024;
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const BINARY = /^(image|audio|video|font)\/|^application\/(octet-stream|pdf|zip|gzip|x-tar|msword|vnd\.)/;

/**
 * Any status is an answer; only a missing answer is an error.
 * @param call position among the step's HTTP calls, from 1: names the idempotency key
 * @throws StepError as {@link Outside.egress}, and `validation`/`output_invalid` for a JSON answer that is none
 */
export async function callHttp(request: HttpRequest, call: number, outside: Outside): Promise<HttpResponse> {
  const method = request.method.toUpperCase();
  const url = withQuery(outside.egress.checkUrl(request.url, false), request.query);
  const { body, type } = encodeBody(request, method);
  const headers = lowerCase(request.headers);
  if (type !== undefined) headers["content-type"] ??= type;
  headers["accept"] ??= "application/json, text/plain;q=0.9, */*;q=0.8";
  headers["user-agent"] ??= "runboard";
  const key = SAFE.has(method) ? undefined : outside.idempotencyKey(call);
  if (key !== undefined) headers["idempotency-key"] ??= key;

  let credentials: Record<string, string> = {};
  let connection: Connection | undefined;
  if (request.connection !== undefined) {
    connection = await outside.connection(request.connection);
    requireReach(connection, url);
    credentials = credentialHeaders(connection);
  }
  await outside.reach(url.host, connection);
  await outside.afford({ calls: 1 });
  await outside.mayStart(!SAFE.has(method));
  const facts = {
    kind: "http" as const,
    host: url.host,
    ...(key === undefined ? {} : { idempotencyKey: key }),
  };
  return await outside.log.run(facts, async (notes) => {
    const { signal } = outside;
    const { response } = await outside.egress.send(
      url.href,
      { method, headers: { ...headers, ...credentials }, body, signal, redirects: request.redirects },
      Object.keys(credentials),
    );
    notes.status = response.status;
    const bytes = await readBody(response, url.host, request.maxBytes ?? MAX_BYTES, signal);
    const wait = retryAfterMs(
      response.headers.get("retry-after"),
      answeredAt(response.headers.get("date"), Date.now()),
    );
    return {
      status: response.status,
      headers: answerHeaders(response.headers),
      body: decodeBody(bytes, response, url.host),
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
  });
}

function withQuery(url: URL, query: HttpRequest["query"]): URL {
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null) url.searchParams.append(name, String(value));
  }
  return url;
}

function encodeBody(request: HttpRequest, method: string): { body: string | null; type?: string } {
  const { body } = request;
  if (body === undefined || body === null) return { body: null };
  if (method === "GET" || method === "HEAD") {
    throw new StepError("validation", "input_invalid", `A ${method} request carries no body.`, {
      hint: "Choose another method, or clear the body.",
    });
  }
  if (request.bodyType === "form") return { body: formText(body), type: "application/x-www-form-urlencoded" };
  if (request.bodyType === "text") {
    return {
      body: typeof body === "string" ? body : JSON.stringify(body),
      type: "text/plain; charset=utf-8",
    };
  }
  return { body: JSON.stringify(body), type: "application/json" };
}

function formText(body: Json): string {
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw new StepError("validation", "input_invalid", "A form body is an object of fields.", {
      hint: "Give the body as an object, or send it as JSON or text.",
    });
  }
  const form = new URLSearchParams();
  for (const [name, field] of Object.entries(body)) {
    for (const value of Array.isArray(field) ? field : [field]) {
      if (value !== null)
        form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
  }
  return form.toString();
}

function decodeBody(bytes: Uint8Array<ArrayBuffer>, response: Response, host: string): Json {
  const type = (response.headers.get("content-type") ?? "").toLowerCase();
  const mime = type.split(";")[0]?.trim() ?? "";
  if (BINARY.test(mime)) return `data:${mime};base64,${base64(bytes)}`;
  const text = decoder(/charset="?([^\s;"]+)/.exec(type)?.[1]).decode(bytes);
  if (!/^(application|text)\/([\w.-]+\+)?json$/.test(mime)) return text;
  if (text.trim() === "") return null;
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch (cause) {
    if (!response.ok) return text;
    throw new StepError("validation", "output_invalid", `${host} said its answer is JSON, but it is not.`, {
      snippet: text,
      hint: "Check the address; an error page may have come instead of data.",
      cause,
    });
  }
}

function decoder(charset: string | undefined): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function lowerCase(headers: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Without cookies: they are credentials of a session nobody here continues. */
function answerHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== "set-cookie"));
}
