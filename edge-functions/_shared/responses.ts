// Answers of the edge functions, and what is thrown to make one.
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { StepError } from "../../src/core/failure.ts";

/** An answer that is not a success. `code` is permanent; `message` says what happened and why, `hint` what to do. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly diagnostics: Diagnostic[] | undefined;

  constructor(status: number, code: string, message: string, hint: string, diagnostics?: Diagnostic[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.diagnostics = diagnostics;
  }
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, apikey, content-type, x-client-info",
  "access-control-allow-methods": "POST, OPTIONS",
};

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...CORS, "content-type": "application/json" },
  });
}

/**
 * Makes a POST endpoint of a handler that returns the body of a success and throws everything else.
 * @param handle may throw HttpError, StepError or the database's errors; anything else is a 500 that tells nothing
 */
export function endpoint(
  handle: (request: Request) => Promise<unknown>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    try {
      if (request.method !== "POST")
        throw new HttpError(405, "method_not_allowed", "This function takes POST requests.", "Send a POST.");
      return json(await handle(request));
    } catch (error) {
      return errorResponse(error);
    }
  };
}

/** The answer for whatever was thrown. */
export function errorResponse(error: unknown): Response {
  const { status, code, message, hint, diagnostics } = toHttpError(error);
  if (status >= 500) console.error(error);
  return json({ code, message, hint, ...(diagnostics === undefined ? {} : { diagnostics }) }, status);
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof StepError) {
    const status = error.errorClass === "transient" || error.errorClass === "timeout" ? 502 : 422;
    return new HttpError(status, error.code, error.message, error.facts.hint ?? "Correct it and try again.");
  }
  if (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^RB\d{3}$/.test(error.code)
  ) {
    const hint = "hint" in error && typeof error.hint === "string" ? error.hint : "Check what was sent.";
    const given = Number(error.code.slice(2));
    return new HttpError(given >= 400 && given < 500 ? given : 409, error.code, error.message, hint);
  }
  return new HttpError(
    500,
    "internal",
    "The function failed for a reason it did not foresee.",
    "Try again; if it keeps failing, look at the function's log.",
  );
}

const LARGEST_BODY = 12 * 1024 * 1024;

/**
 * The request's JSON body, parsed.
 * @throws HttpError 400 when it is not JSON or not of this shape, 413 over 12 MB
 */
export async function readJson<T>(
  request: Request,
  schema: {
    safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
  },
): Promise<T> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  const text = declared > LARGEST_BODY ? undefined : await request.text();
  if (text === undefined || text.length > LARGEST_BODY) {
    throw new HttpError(413, "too_large", "The request is larger than 12 MB.", "Send less.");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, "not_json", "The request's body is not JSON.", "Send a JSON object.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HttpError(
    400,
    "invalid_request",
    `The request does not have the shape this function takes: ${parsed.error.message}`,
    "Compare it with the documentation of this function.",
  );
}
