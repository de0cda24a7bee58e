// A server that fails in one way after the other, told by a table: as a web API, as a language model and as an MCP server.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type TestServer } from "./listen.ts";

/** How the next calls fail. `status` answers with it; the others break the connection at a certain point. */
export type Fault =
  | { status: number; headers?: Record<string, string | string[]>; body?: string }
  | {
      breaks:
        | "resets at once"
        | "closes without a word"
        | "stops within the headers"
        | "stops within the body"
        | "stops within a chunk"
        | "is not HTTP"
        | "says nothing";
    };

export interface FailingServer extends TestServer {
  fault: Fault;
  /** Calls that met the fault. */
  calls: number;
  /** Told of each such call. */
  heard: () => unknown;
  /** The arguments of the one tool, and what it is. */
  readonly tool: { name: string; description: string; inputSchema: { type: "object" } };
}

export async function startFailingServer(): Promise<FailingServer> {
  const state: Omit<FailingServer, keyof TestServer> = {
    fault: { status: 503 },
    calls: 0,
    heard: () => undefined,
    tool: { name: "send", description: "Sends something.", inputSchema: { type: "object" } },
  };
  const server = createServer((request, response) => {
    void readAll(request).then((text) => {
      if (request.url === "/mcp" && greet(state.tool, request, text, response)) return;
      state.calls += 1;
      state.heard();
      fail(state.fault, request, response);
    });
  });
  return Object.assign(state, await listen(server));
}

function fail(fault: Fault, { socket }: IncomingMessage, response: ServerResponse): void {
  if ("status" in fault) {
    const { status, headers = {}, body = '{"error":{"message":"no"}}' } = fault;
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    return;
  }
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  const last = {
    "closes without a word": "",
    "stops within the headers": "HTTP/1.1 200 OK\r\nContent-Ty",
    "stops within the body": `${head}Content-Length: 4000\r\n\r\n{"half":`,
    "stops within a chunk": `${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{"half":`,
    "is not HTTP": "SSH-2.0-OpenSSH_9.6\r\n\r\n",
  };
  if (fault.breaks === "says nothing") return;
  if (fault.breaks === "resets at once") socket.resetAndDestroy();
  else socket.end(last[fault.breaks]);
}

/** What an MCP client asks before it calls a tool goes well. @returns false when the tool is called */
function greet(
  tool: FailingServer["tool"],
  { method }: IncomingMessage,
  text: string,
  response: ServerResponse,
): boolean {
  if (method !== "POST") {
    response.writeHead(405).end();
    return true;
  }
  const { id, method: verb }: { id?: number; method: string } = JSON.parse(text);
  const results: Record<string, object> = {
    initialize: {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "failing", version: "1.0.0" },
    },
    "tools/list": { tools: [tool] },
  };
  const result = results[verb];
  if (result)
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  else if (verb.startsWith("notifications/")) response.writeHead(202).end();
  return result !== undefined || verb.startsWith("notifications/");
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
