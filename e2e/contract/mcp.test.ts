import type { Tool as OfferedTool } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Tool } from "../../src/core/tool.ts";
import { callTool } from "../../edge-functions/_shared/capabilities/mcp.ts";
import { describeTool, withMcp } from "../../edge-functions/_shared/mcp-client.ts";
import { startEverything, startMcpStub, type McpStub } from "../servers/mcp.ts";
import { failureOf, openOutside, type TestOutside } from "../servers/outside.ts";
import type { TestServer } from "../servers/listen.ts";

const lookUp: OfferedTool = {
  name: "look_up",
  description: "Looks up a customer by name.",
  inputSchema: {
    type: "object",
    properties: { name: { type: "string" }, limit: { type: "number" } },
    required: ["name"],
  },
  outputSchema: { type: "object", properties: { found: { type: "boolean" } }, required: ["found"] },
  annotations: { readOnlyHint: true, title: "Look up" },
};

let stub: McpStub;
let everything: TestServer;
let outside: TestOutside;
const used: TestOutside[] = [];

beforeAll(async () => {
  [stub, everything] = await Promise.all([startMcpStub([]), startEverything()]);
});
afterAll(async () => {
  for (const one of used) await one.egress.close();
  await Promise.all([stub.close(), everything.close()]);
});
beforeEach(() => {
  stub.tools = [structuredClone(lookUp)];
  stub.called.length = 0;
  stub.headers.length = 0;
  stub.failWith = undefined;
  stub.answer = () => ({ content: [{ type: "text", text: "yes" }], structuredContent: { found: true } });
  outside = open();
});

function open(signal?: AbortSignal): TestOutside {
  const made = openOutside({
    ...(signal ? { signal } : {}),
    connections: {
      stub: { kind: "mcp", baseUrl: `${stub.url}/mcp`, secret: "mcp-secret-token" },
      everything: { kind: "mcp", baseUrl: `${everything.url}/mcp` },
      far: { kind: "mcp", baseUrl: "http://example.com/mcp" },
      web: { kind: "http", baseUrl: stub.url },
    },
  });
  used.push(made);
  return made;
}

async function toolsOf(slug: string): Promise<Tool[]> {
  return await withMcp(await outside.connection(slug), outside.egress, outside.signal, 5_000, (session) =>
    session.tools(),
  );
}

const pinned = () => describeTool(lookUp, "stub").schemaHash;
const call = (given: JsonObject = { name: "Ada" }, hash = pinned(), using = outside) =>
  callTool({ tool: { connection: "stub", name: "look_up", schemaHash: hash }, arguments: given }, 1, using);

describe("a hostile server", () => {
  it("S-08 cannot stop the worker with the pattern of its own output schema", async () => {
    const evil = structuredClone(lookUp);
    const word = { type: "string", pattern: "^(a|aa)+$" };
    evil.outputSchema = { type: "object", properties: { found: word } };
    stub.tools = [evil];
    stub.answer = () => ({ content: [], structuredContent: { found: `${"a".repeat(60)}!` } });
    const { result } = await call({ name: "Ada" }, describeTool(evil, "stub").schemaHash);
    expect(result).toEqual({ found: `${"a".repeat(60)}!` });
  });

  it("cannot offer two tools of one name, or one whose name is a book", async () => {
    for (const tools of [[lookUp, lookUp], [{ ...lookUp, name: "x".repeat(257) }]]) {
      stub.tools = tools;
      expect(await failureOf(toolsOf("stub"))).toBe("permanent/tool_error");
    }
  });

  it("still has to keep to the types it promised", async () => {
    stub.answer = () => ({ content: [], structuredContent: { found: "yes" } });
    expect(await failureOf(call())).toBe("validation/output_invalid");
  });
});

describe("the reference server", () => {
  it("lists its tools, each with a hash and an effect", async () => {
    const tools = await toolsOf("everything");
    const echo = tools.find(({ name }) => name === "echo");
    expect(tools.length).toBeGreaterThan(5);
    expect(echo?.schemaHash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(tools.map(({ schemaHash }) => schemaHash)).size).toBe(tools.length);
  });

  it("answers calls pinned to what it listed", async () => {
    const tools = await toolsOf("everything");
    const pin = (name: string) => ({
      connection: "everything",
      name,
      schemaHash: tools.find((tool) => tool.name === name)?.schemaHash ?? "",
    });
    const echoed = await callTool({ tool: pin("echo"), arguments: { message: "hello" } }, 1, outside);
    expect(echoed.result).toBe("Echo: hello");
    const structured = await callTool(
      { tool: pin("get-structured-content"), arguments: { location: "Chicago" } },
      1,
      outside,
    );
    expect(structured.result).toMatchObject({ temperature: expect.any(Number) as number });
    expect(structured.content).toMatchObject([{ type: "text" }]);
  });
});

describe("a tool call", () => {
  it("returns structured content, sends the credential and the idempotency key, and is noted", async () => {
    const answer = await call();
    expect(answer).toEqual({ result: { found: true }, content: [{ type: "text", text: "yes" }] });
    expect(new Set(stub.headers.map((headers) => headers.authorization))).toEqual(
      new Set(["Bearer mcp-secret-token"]),
    );
    expect(stub.called).toEqual([
      {
        name: "look_up",
        arguments: { name: "Ada" },
        meta: { "runboard/idempotency-key": expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      },
    ]);
    expect(outside.started).toEqual([true]);
    expect(outside.log.calls).toMatchObject([
      { kind: "mcp", status: "ok", tool: { connection: "stub", name: "look_up" } },
    ]);
  });

  it("returns the text when there is no structured content", async () => {
    const { outputSchema: _, ...plain } = lookUp;
    stub.tools = [plain];
    stub.answer = () => ({
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    });
    expect((await call({ name: "Ada" }, describeTool(plain, "stub").schemaHash)).result).toBe("a\nb");
  });

  it("fails for good when the tool says it failed", async () => {
    stub.answer = () => ({ isError: true, content: [{ type: "text", text: "no such customer" }] });
    const failure: unknown = await call().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      errorClass: "permanent",
      code: "tool_error",
      facts: { snippet: "no such customer" },
    });
  });

  it("fails as invalid output when the result breaks the tool's own schema", async () => {
    stub.answer = () => ({ content: [], structuredContent: { found: "maybe" } });
    expect(await failureOf(call())).toBe("validation/output_invalid");
  });

  it.each([
    [401, "auth/connection_invalid"],
    [403, "auth/connection_invalid"],
    [404, "permanent/http_4xx"],
    [429, "rate_limited/http_429"],
    [500, "transient/http_5xx"],
    [503, "transient/http_5xx"],
  ])("calls an HTTP %i %s", async (status, expected) => {
    stub.failWith = status;
    expect(await failureOf(call())).toBe(expected);
  });

  it("ends when the step's time is up", async () => {
    const limit = new AbortController();
    stub.answer = () => new Promise(() => undefined);
    const calling = failureOf(call({ name: "Ada" }, pinned(), open(limit.signal)));
    setTimeout(() => limit.abort(new StepError("timeout", "timeout", "too slow")), 150);
    expect(await calling).toBe("timeout/timeout");
  });

  it("needs an MCP connection, and https for addresses nobody allowed", async () => {
    const tool = { name: "look_up", schemaHash: pinned() };
    expect(
      await failureOf(callTool({ tool: { ...tool, connection: "web" }, arguments: {} }, 1, outside)),
    ).toBe("auth/connection_invalid");
    expect(
      await failureOf(callTool({ tool: { ...tool, connection: "far" }, arguments: {} }, 1, outside)),
    ).toBe("policy/egress_denied");
  });

  it("never crosses the answers of 60 calls at once", async () => {
    stub.answer = async (_, given) => {
      await new Promise((done) => setTimeout(done, Math.random() * 20));
      return {
        content: [{ type: "text", text: String(given["name"]) }],
        structuredContent: { found: true, name: given["name"] },
      };
    };
    const names = Array.from({ length: 60 }, (_, n) => `customer ${n}`);
    const answers = await Promise.all(names.map((name) => call({ name })));
    expect(answers.map(({ content }) => (content[0] as { text: string }).text)).toEqual(names);
  });
});

describe("a tool that changed", () => {
  /** Small changes to its description, schemas and annotations. */
  const changes = Array.from({ length: 50 }, (_, n): OfferedTool => {
    const text = (lookUp.description ?? "").split("");
    const tool = structuredClone(lookUp);
    if (n < 25) return { ...tool, description: text.with(n, text[n] === "x" ? "y" : "x").join("") };
    if (n < 35)
      return {
        ...tool,
        inputSchema: {
          type: "object",
          properties: { name: { type: "string", description: "x".repeat(n - 24) } },
          required: ["name"],
        },
      };
    if (n < 45)
      return {
        ...tool,
        outputSchema: {
          type: "object",
          properties: { found: { type: "boolean", title: `${n}` } },
          required: ["found"],
        },
      };
    return { ...tool, annotations: { readOnlyHint: n % 2 === 0, title: `Look up ${n}` } };
  });

  it("is not called after any of 50 small changes", async () => {
    const seen = new Set<string>();
    for (const changed of changes) {
      stub.tools = [changed];
      seen.add(await failureOf(call()));
    }
    expect([...seen]).toEqual(["policy/tool_changed"]);
    expect(stub.called).toEqual([]);
    expect(outside.started).toEqual([]);
  });

  it("is not called when it is gone", async () => {
    stub.tools = [];
    expect(await failureOf(call())).toBe("policy/tool_missing");
    expect(stub.called).toEqual([]);
  });
});

describe("what a tool's hints claim", () => {
  it.each([
    [{ readOnlyHint: true }, "read", "annotation"],
    [{ idempotentHint: true }, "idempotent", "annotation"],
    [{ destructiveHint: false }, "at_most_once", "default"],
    [{}, "at_most_once", "default"],
  ])("%j is %s", (annotations, effect, effectFrom) => {
    expect(describeTool({ ...lookUp, annotations }, "stub")).toMatchObject({ effect, effectFrom });
  });
});
