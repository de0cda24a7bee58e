// A web server whose behaviour is chosen by the URL, and which counts what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { listen, type TestServer } from "./listen.ts";

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface HttpServer extends TestServer {
  /** Every request so far, in order. */
  readonly asked: Asked[];
  /** Answers what waits at `/gate?key=`, and whoever comes later. */
  open(key: string): void;
}

type Answer = (url: URL, request: IncomingMessage, response: ServerResponse, asked: Asked) => void;

/**
 * | Path | Behaviour |
 * |---|---|
 * | `/status/:code?retry-after=` | that status, with a JSON body |
 * | `/flaky?times=N&key=K` | 503 for the first N calls of a key |
 * | `/echo` | method, headers, query and body as JSON |
 * | `/redirect?to=URL&code=302` | a redirect |
 * | `/loop` | redirects to itself |
 * | `/gate?key=K` | answers once `open(K)` was called |
 * | `/slow` | accepts and never answers |
 * | `/headers-only` | headers, then silence |
 * | `/drip?every=MS` | a byte at a time, for ever |
 * | `/cut` | promises more bytes than it sends, then resets |
 * | `/reset` | closes without an answer |
 * | `/big?bytes=N` | that many bytes of text |
 * | `/type?mime=&body=` | that body as that type |
 * | `/gzip?bytes=N` | that many bytes, packed although nobody asked for it |
 * | `/half-headers` | begins its headers, then silence |
 * | `/endless-headers` | headers that never end |
 * | `/short` | says a length, sends more |
 * | `/garbage` | bytes that are not HTTP |
 */
export async function startHttpServer(): Promise<HttpServer> {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const gate = (key: string): PromiseWithResolvers<void> => {
    const known = gates.get(key) ?? Promise.withResolvers<void>();
    gates.set(key, known);
    return known;
  };
  const json = (
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
  ) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
  const answers: Record<string, Answer> = {
    status(url, _, response) {
      const after = url.searchParams.get("retry-after");
      const code = Number(url.pathname.split("/")[2]);
      json(response, code, { status: code }, after === null ? {} : { "retry-after": after });
    },
    flaky(url, _, response) {
      const key = url.searchParams.get("key") ?? "";
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      json(response, count <= Number(url.searchParams.get("times") ?? "2") ? 503 : 200, { count });
    },
    echo(url, request, response, { body }) {
      json(response, 200, {
        method: request.method,
        headers: request.headers,
        query: Object.fromEntries(url.searchParams),
        body,
      });
    },
    redirect(url, _, response) {
      const location = url.searchParams.get("to") ?? "/echo";
      response.writeHead(Number(url.searchParams.get("code") ?? "302"), { location }).end();
    },
    loop: (_url, _, response) => void response.writeHead(302, { location: "/loop" }).end(),
    gate(url, _, response) {
      void gate(url.searchParams.get("key") ?? "").promise.then(() => json(response, 200, {}));
    },
    slow: () => undefined,
    "headers-only": (_url, _, response) =>
      void response.writeHead(200, { "content-type": "text/plain" }).flushHeaders(),
    drip(url, _, response) {
      response.writeHead(200, { "content-type": "text/plain" });
      const timer = setInterval(() => response.write("."), Number(url.searchParams.get("every") ?? "10"));
      response.on("close", () => clearInterval(timer));
    },
    cut(_url, _, response) {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"half":');
      setTimeout(() => response.destroy(), 20);
    },
    reset: (_url, request) => void request.socket.destroy(),
    big(url, _, response) {
      response.writeHead(200, { "content-type": "text/plain" });
      let left = Number(url.searchParams.get("bytes") ?? "0");
      for (; left > 0; left -= 65_536) response.write("x".repeat(Math.min(left, 65_536)));
      response.end();
    },
    type(url, _, response) {
      const mime = url.searchParams.get("mime") ?? "text/plain";
      response.writeHead(200, { "content-type": mime }).end(url.searchParams.get("body") ?? "");
    },
    gzip(url, _, response) {
      const bytes = Number(url.searchParams.get("bytes") ?? "0");
      response
        .writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" })
        .end(gzipSync("x".repeat(bytes)));
    },
    "half-headers": (_url, request) => void request.socket.write("HTTP/1.1 200 OK\r\nX-Half: "),
    "endless-headers"(_url, { socket }) {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write(`X-More: ${"x".repeat(1_000)}\r\n`), 1);
      socket.on("close", () => clearInterval(timer)).on("error", () => clearInterval(timer));
    },
    short: (_url, { socket }) =>
      void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nhello"),
    garbage: (_url, request) => void request.socket.end("NOT HTTP AT ALL\r\n\r\n"),
  };
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://test");
      const entry: Asked = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
      };
      asked.push(entry);
      const answer = answers[url.pathname.split("/")[1] ?? ""];
      if (answer) answer(url, request, response, entry);
      else json(response, 404, { error: "no such path" });
    });
  });
  return { ...(await listen(server)), asked, open: (key) => gate(key).resolve() };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
