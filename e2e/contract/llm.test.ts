import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LlmRequest } from "../../src/core/capabilities.ts";
import { StepError } from "../../src/core/failure.ts";
import { validateJson } from "../../src/core/validate.ts";
import { callModel } from "../../edge-functions/_shared/capabilities/llm.ts";
import { costOf } from "../../edge-functions/_shared/model-prices.ts";
import { startLlmServer, type LlmServer, type Turn } from "../servers/llm-server.ts";
import { failureOf, openOutside, type TestOutside } from "../servers/outside.ts";

let server: LlmServer;
let outside: TestOutside;
const used: TestOutside[] = [];

const providers = [
  { connection: "claude", model: "claude-sonnet-4-5", path: "/v1/messages" },
  { connection: "gpt", model: "gpt-4o", path: "/v1/responses" },
  { connection: "local", model: "llama3", path: "/compatible/chat/completions" },
] as const;

beforeAll(async () => {
  server = await startLlmServer();
});
afterAll(async () => {
  for (const one of used) await one.egress.close();
  await server.close();
});
beforeEach(() => {
  server.calls.length = 0;
  server.script = [];
  outside = open();
});

function open(signal?: AbortSignal): TestOutside {
  const made = openOutside({
    ...(signal ? { signal } : {}),
    connections: {
      claude: { kind: "anthropic", baseUrl: `${server.url}/v1`, secret: "sk-ant-test-key" },
      gpt: { kind: "openai", baseUrl: `${server.url}/v1`, secret: "sk-test-key" },
      local: { kind: "openai-compatible", baseUrl: `${server.url}/compatible/` },
      web: { kind: "http", baseUrl: server.url },
    },
  });
  used.push(made);
  return made;
}

const ask = (request: Partial<LlmRequest>, turns: Turn[] = [], using = outside) => {
  server.script = turns;
  return callModel(
    { connection: "claude", model: "claude-sonnet-4-5", prompt: "Say hello.", ...request },
    "live",
    using,
  );
};

const schema = {
  type: "object",
  properties: { total: { type: "number" } },
  required: ["total"],
  additionalProperties: false,
};

describe.each(providers)("$connection", ({ connection, model, path }) => {
  const here = (request: Partial<LlmRequest> = {}, turns: Turn[] = [], using = outside) =>
    ask({ connection, model, ...request }, turns, using);

  it("answers with text, tokens and the provider's name", async () => {
    const answer = await here({ system: "Be brief." }, [{ text: "hello" }]);
    expect(answer).toMatchObject({ text: "hello", model, tokensIn: 11, tokensOut: 5, sandbox: false });
    expect(server.calls.map((call) => call.path)).toEqual([path]);
    expect(JSON.stringify(server.calls[0]?.body)).toContain("Be brief.");
  });

  it("answers with data that fits the schema", async () => {
    const answer = await here({ schema }, [{ text: '{"total":42}' }]);
    expect(answer.data).toEqual({ total: 42 });
  });

  it("repairs an answer that does not fit once, and then gives up", async () => {
    const good = await here({ schema }, [{ text: '{"total":"many"}' }, { text: '{"total":7}' }]);
    expect(good.data).toEqual({ total: 7 });
    expect(outside.log.calls).toHaveLength(2);
    expect(
      await failureOf(
        here({ schema }, [{ text: '{"wrong":1}' }, { text: '{"wrong":2}' }, { text: '{"total":1}' }]),
      ),
    ).toBe("validation/output_invalid");
    expect(server.calls).toHaveLength(4);
  });

  it("calls a cut-off structured answer invalid, without asking again", async () => {
    expect(await failureOf(here({ schema }, [{ text: '{"total":', finish: "length" }]))).toBe(
      "validation/output_invalid",
    );
    expect(server.calls).toHaveLength(1);
  });

  it("calls a refusal what it is", async () => {
    expect(await failureOf(here({}, [{ text: "", finish: "refusal" }]))).toBe("permanent/refused");
  });

  const failures: [string, Turn, string][] = [
    ["429", { status: 429 }, "rate_limited/http_429"],
    [
      "429 for a spent budget",
      {
        status: 429,
        body: { error: { code: "insufficient_quota", message: "You exceeded your current quota" } },
      },
      "budget/spend_limit",
    ],
    ["500", { status: 500 }, "transient/http_5xx"],
    ["529", { status: 529 }, "transient/overloaded"],
    ["503", { status: 503 }, "transient/overloaded"],
    ["401", { status: 401 }, "auth/connection_invalid"],
    ["404", { status: 404 }, "permanent/http_4xx"],
    ["400", { status: 400 }, "permanent/http_4xx"],
    ["a cut-off answer", "cut", "transient/network"],
    ["an answer that is not JSON", "garbage", "transient/provider_invalid"],
  ];

  it.each(failures)("classifies %s, after one call only", async (_, turn, expected) => {
    expect(await failureOf(here({}, [turn]))).toBe(expected);
    expect(server.calls).toHaveLength(1);
  });

  it("passes on how long the provider asks to wait", async () => {
    const failure: unknown = await here({}, [{ status: 429, headers: { "retry-after": "20" } }]).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ facts: { retryAfterMs: 20_000 } });
  });

  it("ends when the step's time is up", async () => {
    const limit = new AbortController();
    const asking = failureOf(here({}, ["timeout"], open(limit.signal)));
    setTimeout(() => limit.abort(new StepError("timeout", "timeout", "too slow")), 60);
    expect(await asking).toBe("timeout/timeout");
  });
});

describe("a language model", () => {
  it("leaves a record of the call without the key or the prompt", async () => {
    await ask({ fallbackFrom: "claude-opus-4-1" }, [{ text: "hello" }]);
    const [call] = outside.log.calls;
    expect(call).toMatchObject({
      kind: "llm",
      status: "stop",
      host: `127.0.0.1:${server.port}`,
      llm: {
        provider: "anthropic",
        tokensIn: 11,
        tokensOut: 5,
        costUsd: 0.000108,
        fallbackFrom: "claude-opus-4-1",
        sandbox: false,
      },
    });
    expect(JSON.stringify(call)).not.toMatch(/sk-ant|Say hello/);
    expect(server.calls[0]?.headers["x-api-key"]).toBe("sk-ant-test-key");
  });

  it("needs a connection that is one", async () => {
    expect(await failureOf(ask({ connection: "web" }))).toBe("auth/connection_invalid");
    expect(await failureOf(ask({ connection: "gone" }))).toBe("auth/connection_invalid");
    expect(server.calls).toEqual([]);
  });

  it("has no price when its price is not known", () => {
    expect([
      costOf("claude-sonnet-4-5-20250929", 1_000_000, 0),
      costOf("gpt-4o-2024-08-06", 0, 1_000_000),
      costOf("llama3", 1, 1),
    ]).toEqual([3, 10, null]);
  });
});

describe("the sandbox model", () => {
  const rich = {
    type: "object",
    required: ["title", "score", "tags", "state", "when"],
    properties: {
      title: { type: "string", minLength: 5, maxLength: 40 },
      score: { type: "integer", minimum: 1, maximum: 10 },
      ratio: { type: "number", exclusiveMinimum: 0 },
      tags: { type: "array", items: { type: "string" }, minItems: 2 },
      state: { enum: ["open", "closed"] },
      when: { type: "string", format: "date-time" },
      mail: { type: "string", format: "email" },
      id: { type: "string", format: "uuid" },
      nested: { $ref: "#/$defs/part" },
      either: { anyOf: [{ type: "boolean" }, { type: "null" }] },
    },
    $defs: { part: { type: "object", properties: { done: { type: "boolean" } }, required: ["done"] } },
  };

  it("asks nobody, says so, and gives the same answer to the same prompt", async () => {
    const first = await ask({ connection: "sandbox", model: "sandbox-1", prompt: "Summarise the order." });
    const again = await ask({ connection: "sandbox", model: "sandbox-1", prompt: "Summarise the order." });
    expect(first).toMatchObject({ sandbox: true, provider: "sandbox", costUsd: 0 });
    expect(first.text).toContain("Sandbox answer");
    expect(again).toEqual(first);
    expect(server.calls).toEqual([]);
    expect(outside.log.calls[0]).toMatchObject({ host: "sandbox", llm: { sandbox: true } });
  });

  it("makes data that fits the schema, whatever the prompt", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        ask({ connection: "sandbox", model: "sandbox-1", prompt: `prompt ${n}`, schema: rich }),
      ),
    );
    for (const { data } of answers) expect(validateJson(rich, data ?? null)).toEqual({ ok: true });
    expect(new Set(answers.map(({ text }) => text)).size).toBeGreaterThan(40);
  });

  it("answers for every provider in a sandbox run", async () => {
    const answer = await callModel(
      { connection: "claude", model: "claude-sonnet-4-5", prompt: "Hi." },
      "sandbox",
      outside,
    );
    expect(answer.sandbox).toBe(true);
    expect(server.calls).toEqual([]);
  });
});
