import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Config } from "./config.ts";
import { isLoopback } from "./config.ts";
import { createGuard, type Guard } from "./gateway-guard.ts";
import { StartupError } from "./startup-error.ts";
import { findTooLarge, sendWebResponse, toWebRequest } from "./web-request.ts";

const MEGABYTE = 1024 * 1024;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

export interface GatewayParts {
  /** REST, Auth and Storage. */
  lite(request: Request, peerAddress: string | null): Promise<Response>;
  /** `/functions/v1/<name>/…` */
  functions(incoming: IncomingMessage, outgoing: ServerResponse, target: URL): Promise<void>;
  /** `POST /realtime/v1/api/broadcast` */
  broadcast(request: Request): Promise<Response>;
  /** `/realtime/v1/websocket` */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The web app; false when it has no such file. */
  app(incoming: IncomingMessage, outgoing: ServerResponse, pathname: string): Promise<boolean>;
  /** What the browser has to know before it can talk to the API. */
  browserConfig(url: string): Promise<unknown>;
  health(): { readonly ok: boolean; readonly parts: Readonly<Record<string, boolean>> };
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Token that opens `/metrics` off loopback. */
  readonly metricsToken: string;
}

export interface Gateway {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** The one port: an empty server first, so that a taken port is noticed before anything else starts. */
export async function openPort(host: string, port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explainListenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  return server;
}

/** Address of an open server, for browsers on this machine. */
export function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** Puts every service behind one origin. Requests are answered from now on. */
export function serveGateway(
  server: Server,
  config: Pick<Config, "host" | "publicUrl" | "dev">,
  parts: GatewayParts,
): Gateway {
  const local = urlOf(server, config.host);
  const url = config.publicUrl ?? local;
  const { port } = new URL(local);
  const origins = [
    url,
    local,
    `http://127.0.0.1:${port}`,
    `http://localhost:${port}`,
    `http://[::1]:${port}`,
  ];
  const guard = createGuard([...new Set(origins.map((origin) => new URL(origin).origin))], config.dev);
  const sockets = new Set<Duplex>();

  server.on("request", (incoming, outgoing) => {
    handle(incoming, outgoing, url, guard, parts, isLocalOnly(config)).catch((error: unknown) =>
      fail(outgoing, error),
    );
  });
  server.on("upgrade", (incoming, socket, head) => {
    // Nobody else listens to this socket any more, and an error nobody hears ends the process.
    socket.on("error", () => socket.destroy());
    const pathname = targetOf(incoming, url)?.pathname ?? "";
    if (!pathname.startsWith("/realtime/v1/")) {
      // While developing, other upgrades are Vite's.
      if (!config.dev) socket.destroy();
      return;
    }
    if (!guard.isOurHost(incoming) || !guard.isOurOrigin(incoming)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
      return;
    }
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    parts.upgrade(incoming, socket, head);
  });

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), 1_000);
    await closed;
    clearTimeout(timer);
  }
  return { url, server, close };
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: string,
  guard: Guard,
  parts: GatewayParts,
  loopback: boolean,
): Promise<void> {
  guard.secure(outgoing);
  if (!guard.isOurHost(incoming)) {
    return sendJson(outgoing, 421, {
      message: "This server does not answer to that name.",
      hint: "Open the address Runboard printed, or set RUNBOARD_PUBLIC_URL.",
    });
  }
  if (!guard.isOurOrigin(incoming)) {
    return sendJson(outgoing, 403, { message: "Pages of other origins may not call this server." });
  }
  const target = targetOf(incoming, url);
  if (target === undefined)
    return sendJson(outgoing, 400, { message: "The request's address is not a path." });
  if (incoming.method === "OPTIONS") return void outgoing.writeHead(204).end();
  if (!METHODS.has(incoming.method ?? "")) {
    return sendJson(outgoing, 405, { message: `This server does not know the method ${incoming.method}.` });
  }
  const { pathname } = target;
  if (pathname === "/health") {
    const health = parts.health();
    return sendJson(outgoing, health.ok ? 200 : 503, health);
  }
  if (pathname === "/config.json") return sendJson(outgoing, 200, await parts.browserConfig(url));
  if (pathname === "/metrics") return sendMetrics(incoming, outgoing, parts, loopback);
  if (pathname.startsWith("/functions/v1/")) return parts.functions(incoming, outgoing, target);
  if (pathname.startsWith("/realtime/v1/api/broadcast")) {
    const request = await toWebRequest(incoming, target, 4 * MEGABYTE);
    return sendWebResponse(await parts.broadcast(request), outgoing);
  }
  const limit = liteLimit(pathname);
  if (limit !== undefined) {
    const request = await toWebRequest(incoming, target, limit);
    return sendWebResponse(await parts.lite(request, incoming.socket.remoteAddress ?? null), outgoing);
  }
  guard.securePage(outgoing);
  const isRead = incoming.method === "GET" || incoming.method === "HEAD";
  if (isRead && (await parts.app(incoming, outgoing, pathname))) return;
  sendJson(outgoing, 404, { message: `There is nothing at ${pathname}.` });
}

/** True when nobody beyond this machine reaches the port: a public address means that a proxy brings others. */
function isLocalOnly({ host, publicUrl }: Pick<Config, "host" | "publicUrl">): boolean {
  return isLoopback(host) && (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname));
}

/**
 * What the request asks for, with dots in its path resolved, so that everybody who looks at it sees the same address.
 * @returns undefined for a target that names another server, or none: `//`, `http://…`, `*`
 */
function targetOf({ url: target = "" }: IncomingMessage, url: string): URL | undefined {
  if (!target.startsWith("/")) return undefined;
  return URL.parse(new URL(url).origin + target) ?? undefined;
}

function liteLimit(pathname: string): number | undefined {
  if (pathname.startsWith("/auth/v1/")) return MEGABYTE / 4;
  if (pathname.startsWith("/rest/v1/")) return 20 * MEGABYTE;
  if (pathname.startsWith("/storage/v1/")) return 52 * MEGABYTE;
  return undefined;
}

async function sendMetrics(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  parts: GatewayParts,
  loopback: boolean,
): Promise<void> {
  if (!loopback && incoming.headers.authorization !== `Bearer ${parts.metricsToken}`) {
    return sendJson(outgoing, 401, { message: "Metrics need the secret key as bearer token." });
  }
  outgoing.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
  outgoing.end(await parts.metrics());
}

/** Sends JSON that nobody caches. */
export function sendJson(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.statusCode = status;
  outgoing.setHeader("content-type", "application/json; charset=utf-8");
  outgoing.setHeader("cache-control", "no-store");
  outgoing.end(JSON.stringify(body));
}

function fail(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  const tooLarge = findTooLarge(error);
  if (tooLarge) {
    outgoing.setHeader("connection", "close");
    sendJson(outgoing, 413, {
      code: "body_too_large",
      message: tooLarge.message,
      hint: "Send less at once.",
    });
    return;
  }
  console.error(error);
  sendJson(outgoing, 500, { message: "The server failed on this request; its log says why." });
}

function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new StartupError(
      `Port ${port} on ${host} is taken by another program.`,
      "Stop that program, or choose another port: npm start -- --port 0 takes any free one.",
    );
  }
  if (error.code === "EACCES") {
    return new StartupError(
      `Port ${port} needs rights this user does not have.`,
      "Choose a port above 1023.",
    );
  }
  if (error.code === "EADDRNOTAVAIL") {
    return new StartupError(
      `This machine has no address ${host}.`,
      "Give an address of this machine with --host.",
    );
  }
  return error;
}
