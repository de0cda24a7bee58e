import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callTool } from "../../edge-functions/_shared/capabilities/mcp.ts";
import { withMcp } from "../../edge-functions/_shared/mcp-client.ts";
import { answerPractice } from "../../edge-functions/practice/routes.ts";
import { listen, type TestServer } from "../servers/listen.ts";
import { failureOf, openOutside, type TestOutside } from "../servers/outside.ts";

let server: TestServer;
let outside: TestOutside;

beforeAll(async () => {
  server = await listen(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        const body = chunks.length === 0 ? null : Buffer.concat(chunks);
        const asked = new Request(`http://practice.test${request.url}`, {
          method: request.method ?? "GET",
          headers,
          body,
        });
        void answerPractice(asked).then(async (answer) => {
          response
            .writeHead(answer.status, Object.fromEntries(answer.headers))
            .end(Buffer.from(await answer.arrayBuffer()));
        });
      });
    }),
  );
  outside = openOutside({
    connections: { practice: { kind: "mcp", baseUrl: `${server.url}/functions/v1/practice/mcp` } },
  });
});
afterAll(async () => {
  await outside.egress.close();
  await server.close();
});

const get = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${server.url}/functions/v1/practice/${path}`, init);
  return {
    status: response.status,
    labelled: response.headers.get("x-runboard-practice"),
    body: (await response.json()) as Record<string, unknown>,
  };
};

describe("the practice server", () => {
  it("echoes what it is sent, and says that it is practice", async () => {
    const answer = await get("echo?a=1", {
      method: "POST",
      body: '{"b":2}',
      headers: { "content-type": "application/json", authorization: "Bearer t" },
    });
    expect(answer).toMatchObject({
      status: 200,
      labelled: "true",
      body: { practice: true, method: "POST", query: { a: "1" }, body: { b: 2 } },
    });
    expect(JSON.stringify(answer.body)).not.toContain("Bearer");
  });

  it("answers with the status it is asked for", async () => {
    expect([
      (await get("status/418")).status,
      (await get("status/7")).status,
      (await get("nowhere")).status,
    ]).toEqual([418, 400, 404]);
  });

  it("fails the first times for each key", async () => {
    const statuses = [];
    for (const key of ["a", "a", "b", "a"]) statuses.push((await get(`flaky?times=2&key=${key}`)).status);
    expect(statuses).toEqual([503, 503, 503, 200]);
  });

  it("offers four tools that answer", async () => {
    const tools = await withMcp(
      await outside.connection("practice"),
      outside.egress,
      outside.signal,
      5_000,
      (session) => session.tools(),
    );
    expect(tools.map(({ name, effect }) => [name, effect])).toEqual([
      ["add", "read"],
      ["echo", "read"],
      ["weather", "read"],
      ["list_items", "read"],
    ]);
    const call = (name: string, given: Record<string, string | number>) =>
      callTool(
        {
          tool: {
            connection: "practice",
            name,
            schemaHash: tools.find((tool) => tool.name === name)?.schemaHash ?? "",
          },
          arguments: given,
        },
        1,
        outside,
      );
    expect((await call("add", { a: 2, b: 40 })).result).toEqual({ sum: 42 });
    expect((await call("weather", { city: "Oslo" })).result).toEqual({
      city: "Oslo",
      celsius: 6,
      sky: "rain",
      practice: true,
    });
    expect((await call("list_items", { minimum_stock: 100 })).result).toEqual({
      items: [{ sku: "apple", stock: 120 }],
    });
    expect(await failureOf(call("weather", { city: "Atlantis" }))).toBe("permanent/tool_error");
  });
});
