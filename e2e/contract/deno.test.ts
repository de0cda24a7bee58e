import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tool as OfferedTool } from "@modelcontextprotocol/sdk/types.js";
import { describeTool } from "../../edge-functions/_shared/mcp-client.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";
import { innerAddresses } from "../servers/inner-addresses.ts";
import { startLlmServer, type LlmServer } from "../servers/llm-server.ts";
import { startMcpStub, type McpStub } from "../servers/mcp.ts";
import type { OutsideOptions } from "../servers/outside.ts";
import { runInDeno } from "../servers/run-probe.ts";

// The other contract tests run in Node. These show that the runtime of the functions behaves the same.
const add: OfferedTool = {
  name: "add",
  description: "Adds.",
  inputSchema: { type: "object", properties: { a: { type: "number" } } },
};

let web: HttpServer;
let llm: LlmServer;
let mcp: McpStub;

beforeAll(async () => {
  [web, llm, mcp] = await Promise.all([startHttpServer(), startLlmServer(), startMcpStub([add])]);
});
afterAll(() => Promise.all([web, llm, mcp].map((server) => server.close())));

const options = (): OutsideOptions => ({
  connections: {
    api: { kind: "http", hosts: [`127.0.0.1:${web.port}`], secret: "k3y-value" },
    claude: { kind: "anthropic", baseUrl: `${llm.url}/v1`, secret: "sk-ant-test-key" },
    gpt: { kind: "openai", baseUrl: `${llm.url}/v1`, secret: "sk-test-key" },
    local: { kind: "openai-compatible", baseUrl: `${llm.url}/compatible` },
    tools: { kind: "mcp", baseUrl: `${mcp.url}/mcp`, secret: "mcp-secret-token" },
  },
});

describe("in Deno", () => {
  it("the egress door refuses every inner address, also behind a redirect", async () => {
    const direct = innerAddresses.map((vector) => ({
      send: vector.replace("PORT", String(web.port)),
      allow: "",
      redirects: 5,
    }));
    const outer = await startHttpServer();
    const behind = ["http://localhost:PORT/echo", "http://169.254.169.254/", "http://[::1]:PORT/echo"].map(
      (to) => ({
        send: `${outer.url}/redirect?to=${encodeURIComponent(to.replace("PORT", String(web.port)))}`,
        allow: `127.0.0.1:${outer.port}`,
        redirects: 5,
      }),
    );
    const results = await runInDeno([...direct, ...behind]);
    await outer.close();
    expect(new Set(results.map((result) => JSON.stringify(result)))).toEqual(
      new Set(['{"failed":"policy/egress_denied"}']),
    );
    expect(web.asked).toEqual([]);
  });

  it("HTTP requests answer and fail as they do in Node", async () => {
    const request = (path: string, more = {}) => ({
      method: "GET",
      url: web.url + path,
      redirects: 5,
      ...more,
    });
    const results = await runInDeno([
      { http: request("/echo", { method: "POST", body: { a: 1 }, connection: "api" }), options: options() },
      { http: request("/status/503?retry-after=2") },
      { http: request("/redirect?to=/status/204") },
      { http: request("/loop", { redirects: 2 }) },
      { http: request("/reset") },
      { http: request("/cut") },
      { http: request("/garbage") },
      { http: request("/slow"), limitMs: 80 },
      { http: request("/drip"), limitMs: 80 },
      { http: request("/half-headers"), limitMs: 80 },
      { http: request("/endless-headers") },
      { http: request("/gzip?bytes=2000000", { maxBytes: 1_000 }) },
      { http: request("/gzip?bytes=3") },
      { http: request("/big?bytes=200000", { maxBytes: 1_000 }) },
      { http: { ...request("/"), url: "http://127.0.0.1:1/" } },
      { http: { ...request("/"), url: "https://no-such-name.invalid/" } },
      { http: request("/echo", { headers: { "X-A": "b\r\nX-C: d" } }) },
    ]);
    expect(results).toMatchObject([
      { ok: { status: 200, body: { body: '{"a":1}', headers: { authorization: "Bearer k3y-value" } } } },
      { ok: { status: 503, retryAfterMs: 2_000 } },
      { ok: { status: 204 } },
      { failed: "permanent/too_many_redirects" },
      { failed: "transient/network" },
      { failed: "transient/network" },
      { failed: "permanent/http_invalid" },
      { failed: "timeout/timeout" },
      { failed: "timeout/timeout" },
      { failed: "timeout/timeout" },
      { failed: "permanent/http_invalid" },
      { failed: "permanent/response_too_large" },
      { ok: { body: "xxx" } },
      { failed: "permanent/response_too_large" },
      { failed: "transient/network" },
      { failed: "transient/network" },
      { failed: "validation/header_invalid" },
    ]);
  });

  it("language models answer and fail as they do in Node", async () => {
    const schema = { type: "object", properties: { total: { type: "number" } }, required: ["total"] };
    const ask = (connection: string, model: string, more = {}) => ({
      llm: { connection, model, prompt: "Hi.", ...more },
      options: options(),
    });
    llm.script = [
      { text: "a" },
      { text: "b" },
      { text: "c" },
      { text: '{"total":1}' },
      { status: 429, headers: { "retry-after": "1" } },
      { status: 529 },
      "cut",
      "garbage",
    ];
    const results = await runInDeno([
      ask("claude", "claude-sonnet-4-5"),
      ask("gpt", "gpt-4o"),
      ask("local", "llama3"),
      ask("claude", "claude-sonnet-4-5", { schema }),
      ask("claude", "claude-sonnet-4-5"),
      ask("claude", "claude-sonnet-4-5"),
      ask("gpt", "gpt-4o"),
      ask("local", "llama3"),
    ]);
    expect(results).toMatchObject([
      { ok: { text: "a", tokensIn: 11 } },
      { ok: { text: "b" } },
      { ok: { text: "c" } },
      { ok: { data: { total: 1 } } },
      { failed: "rate_limited/http_429" },
      { failed: "transient/overloaded" },
      { failed: "transient/network" },
      { failed: "transient/provider_invalid" },
    ]);
  });

  it("tools are called only while they are the ones that were chosen", async () => {
    mcp.answer = (_, given) => ({ content: [{ type: "text", text: JSON.stringify(given) }] });
    const call = (schemaHash: string) => ({
      mcp: { tool: { connection: "tools", name: "add", schemaHash }, arguments: { a: 1 } },
      options: options(),
    });
    const results = await runInDeno([call(describeTool(add, "tools").schemaHash), call("0".repeat(64))]);
    expect(results).toMatchObject([{ ok: { result: '{"a":1}' } }, { failed: "policy/tool_changed" }]);
    expect(mcp.called).toHaveLength(1);
  });
});
