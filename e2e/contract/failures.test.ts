// every way the other side may fail, to each kind of step that calls it: which failure that is, how long is waited, and one call only.
import { createServer } from "node:net";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { HttpRequest } from "../../src/core/capabilities.ts";
import { StepError } from "../../src/core/failure.ts";
import { nodeOf } from "../../src/nodes/registry.gen.ts";
import { callHttp } from "../../edge-functions/_shared/capabilities/http.ts";
import { callModel } from "../../edge-functions/_shared/capabilities/llm.ts";
import { callTool } from "../../edge-functions/_shared/capabilities/mcp.ts";
import { describeTool } from "../../edge-functions/_shared/mcp-client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { startFailingServer, type FailingServer } from "../servers/failing-server.ts";
import { openOutside, type TestOutside } from "../servers/outside.ts";
import { failures, now, type Expected, type Row } from "./failure-table.ts";

let server: FailingServer;
let outside: TestOutside;
let closedPort: number;
const noTls = createServer((socket) => {
  socket.on("error", () => undefined).end("220 ready\r\n");
});

beforeAll(async () => {
  server = await startFailingServer();
  const gone = await startFailingServer();
  closedPort = gone.port;
  await gone.close();
  await new Promise<void>((done) => noTls.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  await server.close();
  noTls.close();
});
beforeEach(() => {
  server.calls = 0;
  vi.useFakeTimers({ toFake: ["Date"], now });
});
afterEach(async () => {
  vi.useRealTimers();
  await outside.egress.close();
});

const places = {
  "nobody listens": () => `http://127.0.0.1:${closedPort}`,
  "no such name": () => "http://nowhere.test",
  "not TLS": () => {
    const address = noTls.address();
    return `https://secure.test:${address !== null && typeof address === "object" ? address.port : 0}`;
  },
};

/** Fails the calls as the row says; returns where to call. */
function prepare({ fault }: Row): string {
  if (typeof fault !== "string") server.fault = fault;
  const url = typeof fault === "string" ? places[fault]() : server.url;
  const limit = new AbortController();
  const isSilent = typeof fault === "object" && "breaks" in fault && fault.breaks === "says nothing";
  server.heard = () => isSilent && limit.abort(new StepError("timeout", "timeout", "Too slow."));
  outside = openOutside({
    signal: limit.signal,
    allow: "127.0.0.1,nowhere.test,secure.test",
    resolve: (host) =>
      host === "nowhere.test" ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve(["127.0.0.1"]),
    connections: {
      model: { kind: "openai-compatible", baseUrl: `${url}/v1` },
      claude: { kind: "anthropic", baseUrl: `${url}/v1`, secret: "sk-ant-test-key" },
      tools: { kind: "mcp", baseUrl: `${url}/mcp` },
    },
  });
  return url;
}

async function failureOf(work: Promise<unknown>): Promise<Expected> {
  const error: unknown = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StepError)) return { is: String(error) };
  const { retryAfterMs } = error.facts;
  return {
    is: `${error.errorClass}/${error.code}`,
    ...(retryAfterMs === undefined ? {} : { waitMs: retryAfterMs }),
  };
}

const named = failures.map((row) => [row.name, row] as const);
/** Where there is no server, there is nobody to count. */
const callsOf = ({ fault }: Row): number => (typeof fault === "string" ? 0 : 1);

it("the table has more than 60 rows, each with its own name", () => {
  outside = openOutside();
  expect(new Set(failures.map(({ name }) => name)).size).toBe(failures.length);
  expect(failures.length).toBeGreaterThan(60);
});

describe("R-16 an HTTP request meets", () => {
  it.each(named)("%s", async (_, row) => {
    const url = prepare(row);
    const can = { http: (request: HttpRequest) => callHttp(request, 1, outside) };
    const run = nodeOf("http-request")?.execute({
      config: { method: "POST" },
      input: { url: `${url}/api`, body: { a: 1 } },
      can: can as never,
      signal: outside.signal,
    });
    expect(await failureOf(run ?? Promise.resolve())).toEqual(row.http);
    expect(server.calls).toBe(callsOf(row));
  });
});

describe.each([
  ["an OpenAI-compatible model", "model"],
  ["Anthropic's models", "claude"],
])("R-16 a call of %s meets", (_, connection) => {
  it.each(named)("%s", async (__, row) => {
    prepare(row);
    const call = callModel({ connection, model: "some-model", prompt: "Say hello." }, "live", outside);
    expect(await failureOf(call)).toEqual(row.llm);
    expect(server.calls).toBe(callsOf(row));
  });
});

describe("R-16 a call of an MCP tool meets", () => {
  it.each(named)("%s", async (_, row) => {
    prepare(row);
    const { schemaHash } = describeTool(server.tool, "tools");
    const tool = { connection: "tools", name: "send", schemaHash };
    expect(await failureOf(callTool({ tool, arguments: {} }, 1, outside))).toEqual(row.mcp);
    expect(server.calls).toBe(callsOf(row));
  });
});

describe("R-16 up to 1,000 attempts", () => {
  let database: TestDatabase;
  let sql: postgres.Sql;
  beforeAll(async () => {
    database = await createTestDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  it("every delay of every failure lies between what was asked for and the cap", async () => {
    outside = openOutside();
    const policy = { baseDelayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: "full", immediate: 0 };
    const seen = new Map(
      failures
        .flatMap(({ http, llm, mcp }) => [http, llm, mcp])
        .map(({ is, waitMs }) => [
          `${is} ${waitMs}`,
          { class: is.split("/")[0] ?? "", waitMs: waitMs ?? null },
        ]),
    );
    const rows = await sql<{ class: string; wait: number | null; tries: number; delay: number }[]>`
      select failure ->> 'class' as class, (failure ->> 'waitMs')::int as wait, tries,
        engine.retry_delay(${sql.json(policy)}, tries, failure ->> 'class', (failure ->> 'waitMs')::bigint) as delay
      from jsonb_array_elements(${sql.json([...seen.values()])}) as failure, generate_series(1, 1000) as tries`;
    expect(rows).toHaveLength(seen.size * 1_000);
    const wrong = rows.filter(({ class: kind, wait, tries, delay }) => {
      const highest = Math.min(300_000, 1_000 * 2 ** (tries - 1));
      const floor = Math.max(wait ?? 0, kind === "rate_limited" ? highest / 2 : 0);
      return !(delay >= floor && delay <= Math.max(highest, wait ?? 0));
    });
    expect(wrong).toEqual([]);
  });
});
