// R-16 as data: what each failure of the other side is to an HTTP request, a language model and an MCP tool.
import type { Fault } from "../servers/failing-server.ts";

/** `class/code`, and the milliseconds the other side asks to wait. */
export interface Expected {
  readonly is: string;
  readonly waitMs?: number;
}

export interface Row {
  readonly name: string;
  /** A fault of the server, or a place where none can be reached. */
  readonly fault: Fault | "nobody listens" | "no such name" | "not TLS";
  readonly http: Expected;
  readonly llm: Expected;
  readonly mcp: Expected;
}

/** Requests are dated from here; the tests look at the clock from here, too. */
export const now = Date.parse("2026-11-20T12:00:00Z");
const dated = (ms: number): string => new Date(now + ms).toUTCString();

const all = (is: string): Pick<Row, "http" | "llm" | "mcp"> => ({ http: { is }, llm: { is }, mcp: { is } });
const row = (
  name: string,
  fault: Row["fault"],
  is: Pick<Row, "http" | "llm" | "mcp">,
  more: Partial<Row> = {},
): Row => ({ name, fault, ...is, ...more });
const status = (code: number, is: Pick<Row, "http" | "llm" | "mcp">, more: Partial<Row> = {}): Row =>
  row(`a ${code}`, { status: code }, is, more);

const refused = all("permanent/http_4xx");
const limited = all("rate_limited/http_429");
const failing = all("transient/http_5xx");
const gone = all("transient/network");
const overloaded = { llm: { is: "transient/overloaded" } };
const unauthorised = { ...all("auth/connection_invalid"), http: { is: "auth/forbidden" } };
const spent = { llm: { is: "budget/spend_limit" } };

function limitedFor(name: string, after: string | string[], waitMs?: number): Row {
  const expected = { is: "rate_limited/http_429", ...(waitMs === undefined ? {} : { waitMs }) };
  // Dates are counted from the one that the server gives its answer, whose own clock is not the tests'.
  const fault = { status: 429, headers: { "retry-after": after, date: dated(0) } };
  return row(`a 429 with ${name}`, fault, { http: expected, llm: expected, mcp: expected });
}

export const failures: readonly Row[] = [
  ...[400, 404, 405, 406, 410, 411, 412, 413, 414, 415, 422, 423, 424, 426, 428, 431, 451].map((code) =>
    status(code, refused),
  ),
  status(401, unauthorised),
  status(403, unauthorised),
  status(402, refused, spent),
  status(408, failing),
  // A model's provider means: try again. Elsewhere it says that the request does not fit the state of things.
  status(409, refused, { llm: { is: "transient/http_5xx" } }),
  status(425, failing),
  status(429, limited),
  limitedFor("seconds", "7", 7_000),
  limitedFor("no seconds", "0", 0),
  limitedFor("parts of a second", "1.5", 1_500),
  limitedFor("blanks around", " 30 ", 30_000),
  limitedFor("an hour", "3600", 900_000),
  limitedFor("a year", "31536000", 900_000),
  limitedFor("more seconds than there are", "9".repeat(400), 900_000),
  limitedFor("an HTTP date", dated(30_000), 30_000),
  limitedFor("a date long past", dated(-86_400_000), 0),
  limitedFor("a date in a year", dated(365 * 86_400_000), 900_000),
  limitedFor("a negative number", "-5"),
  limitedFor("garbage", "soon"),
  limitedFor("a date that is none", "Thu, 99 Foo 2026 99:99:99 GMT"),
  limitedFor("hexadecimal", "0x10"),
  limitedFor("an exponent", "1e3"),
  limitedFor("nothing in it", ""),
  limitedFor("two values", ["7", "9"]),
  row(
    "a 429 for a spent quota",
    {
      status: 429,
      body: '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}',
    },
    limited,
    spent,
  ),
  row(
    "a 400 for an empty account",
    { status: 400, body: '{"error":{"message":"Your credit balance is too low"}}' },
    refused,
    spent,
  ),
  ...[500, 502, 504, 507, 508, 520, 521, 522, 523, 524, 530, 599].map((code) => status(code, failing)),
  status(503, failing, overloaded),
  status(529, failing, overloaded),
  row(
    "a 503 with seconds",
    { status: 503, headers: { "retry-after": "20" } },
    {
      http: { is: "transient/http_5xx", waitMs: 20_000 },
      llm: { is: "transient/overloaded", waitMs: 20_000 },
      mcp: { is: "transient/http_5xx", waitMs: 20_000 },
    },
  ),
  row(
    "a 503 with an HTML page",
    { status: 503, headers: { "content-type": "text/html" }, body: "<h1>Sorry</h1>" },
    failing,
    overloaded,
  ),
  row(
    "an answer that is not the JSON it says",
    { status: 200, body: "<html>" },
    all("validation/output_invalid"),
    {
      llm: { is: "transient/provider_invalid" },
      mcp: { is: "transient/network" },
    },
  ),
  row("a reset", { breaks: "resets at once" }, gone),
  row("a closed connection", { breaks: "closes without a word" }, gone),
  row("truncated headers", { breaks: "stops within the headers" }, gone),
  row("a truncated body", { breaks: "stops within the body" }, gone),
  row("a truncated chunk", { breaks: "stops within a chunk" }, gone),
  row("something that is not HTTP", { breaks: "is not HTTP" }, all("permanent/http_invalid")),
  row("silence", { breaks: "says nothing" }, all("timeout/timeout")),
  row("nobody listening", "nobody listens", gone),
  row("a name without address", "no such name", gone),
  row("a server that does not speak TLS", "not TLS", all("permanent/tls_invalid")),
];
