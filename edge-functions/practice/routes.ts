// The practice server's addresses. Everything it says is made up, and labelled so.
import { answerMcp } from "./mcp-server.ts";

const LABEL = { "x-runboard-practice": "true" };
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
};
const MOST_BYTES = 256 * 1024;
const MOST_KEYS = 1_000;

/** How often each key of `flaky` was asked; forgotten with the process. */
const asked = new Map<string, number>();

/** Answers `echo`, `status/:code`, `flaky?times=N&key=K`, `slow?seconds=N`, `items` and `mcp` below `/practice`. */
export async function answerPractice(request: Request): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  const url = new URL(request.url);
  const [name = "", argument = ""] = url.pathname.replace(/^.*\/practice\/?/, "").split("/");
  if (name === "mcp") return await answerMcp(request);
  if (name === "echo") return await echo(request, url);
  if (name === "status") return status(Number(argument));
  if (name === "flaky") return flaky(url.searchParams);
  if (name === "slow") return await slow(url.searchParams, request.signal);
  if (name === "items") return answer({ practice: true, items });
  if (name === "")
    return answer({
      practice: true,
      paths: ["echo", "status/:code", "flaky?times=2&key=any", "slow?seconds=5", "items", "mcp"],
    });
  return answer({ practice: true, error: `There is no practice path "${name}".` }, 404);
}

/** Orders of a shop that does not exist. */
const items = [
  { id: 1, customer: "Example Bakery", total: 42.5, paid: true },
  { id: 2, customer: "Sample Garage", total: 310, paid: false },
  { id: 3, customer: "Demo Library", total: 18.9, paid: true },
  { id: 4, customer: "Test Florist", total: 125, paid: false },
];

async function echo(request: Request, url: URL): Promise<Response> {
  if (Number(request.headers.get("content-length") ?? "0") > MOST_BYTES)
    return answer({ practice: true, error: "The body is larger than 256 KB." }, 413);
  const text = request.body === null ? "" : await request.text();
  const shown = new Set(["accept", "content-type", "idempotency-key", "user-agent"]);
  const headers = Object.fromEntries(
    [...request.headers].filter(([key]) => shown.has(key) || key.startsWith("x-")),
  );
  return answer({
    practice: true,
    method: request.method,
    query: Object.fromEntries(url.searchParams),
    headers,
    body: parse(text),
  });
}

function status(code: number): Response {
  if (!Number.isInteger(code) || code < 200 || code > 599)
    return answer({ practice: true, error: "A status is a number from 200 to 599." }, 400);
  if (code === 204 || code === 304)
    return new Response(null, { status: code, headers: { ...LABEL, ...CORS } });
  return answer({ practice: true, status: code }, code);
}

function flaky(query: URLSearchParams): Response {
  const times = Math.min(Math.max(Number(query.get("times") ?? "2") || 0, 0), 20);
  const key = (query.get("key") ?? "default").slice(0, 200);
  const count = (asked.get(key) ?? 0) + 1;
  const oldest = asked.keys().next();
  if (asked.size >= MOST_KEYS && !asked.has(key) && oldest.done !== true) asked.delete(oldest.value);
  asked.set(key, count);
  if (count <= times)
    return answer({ practice: true, error: `Failing on purpose, ${count} of ${times} times.` }, 503);
  return answer({ practice: true, ok: true, call: count });
}

/** Takes its time, for at most a minute, unless the caller hangs up. */
async function slow(query: URLSearchParams, gone: AbortSignal): Promise<Response> {
  const seconds = Math.min(Math.max(Number(query.get("seconds") ?? "5") || 0, 0), 60);
  await new Promise<void>((done) => {
    const timer = setTimeout(done, seconds * 1_000);
    gone.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
  return answer({ practice: true, seconds });
}

function parse(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function answer(body: unknown, code = 200): Response {
  return Response.json(body, { status: code, headers: { ...LABEL, ...CORS } });
}
