// MCP servers for tests: the reference server as a process, and a small one whose tools the test changes.
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import { freePort } from "./deno-process.ts";
import { listen, type TestServer } from "./listen.ts";

const root = join(import.meta.dirname, "../..");

/** The reference server of the protocol's authors, in Streamable HTTP mode, at `<url>/mcp`. */
export async function startEverything(): Promise<TestServer> {
  const port = await freePort();
  const script = join(root, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");
  const child = spawn(process.execPath, [script, "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const answered = await fetch(`${url}/mcp`).then(
      (response) => response.body?.cancel().then(() => true),
      () => false,
    );
    if (answered !== false) break;
    if (tries === 100 || child.exitCode !== null) throw new Error("The reference MCP server did not start.");
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    url,
    port,
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

export interface McpStub extends TestServer {
  /** What it offers now; the test may change it between calls. */
  tools: Tool[];
  /** The calls that reached a tool. */
  readonly called: { name: string; arguments: unknown; meta: unknown }[];
  /** Headers of every request. */
  readonly headers: IncomingMessage["headers"][];
  answer: (name: string, given: Record<string, unknown>) => CallToolResult | Promise<CallToolResult>;
  /** Answers the next HTTP requests with this status instead. */
  failWith: number | undefined;
}

/** A stateless server at `<url>/mcp`. */
export async function startMcpStub(tools: Tool[]): Promise<McpStub> {
  const stub: Omit<McpStub, keyof TestServer> = {
    tools,
    called: [],
    headers: [],
    answer: (name, given) => ({ content: [{ type: "text", text: `${name} ${JSON.stringify(given)}` }] }),
    failWith: undefined,
  };
  const server = createServer((request, response) => {
    stub.headers.push(request.headers);
    if (stub.failWith !== undefined) return void response.writeHead(stub.failWith).end("no");
    void answerMcp(stub, request).then(async (answer) => {
      response
        .writeHead(answer.status, Object.fromEntries(answer.headers))
        .end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  return Object.assign(stub, await listen(server));
}

async function answerMcp(stub: Omit<McpStub, keyof TestServer>, request: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const server = new Server({ name: "stub", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: stub.tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    const { name, arguments: given, _meta: meta } = params;
    stub.called.push({ name, arguments: given, meta });
    return stub.answer(name, given ?? {});
  });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  const headers = new Headers(
    Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const body = request.method === "POST" ? Buffer.concat(chunks) : null;
  return await transport.handleRequest(
    new Request(`http://stub${request.url}`, { method: request.method ?? "GET", headers, body }),
  );
}
