import { type ClientRequest, request, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { FunctionsHost } from "./functions-host.ts";
import { sendJson } from "./gateway.ts";
import { verifyToken } from "./jwt.ts";
import { copyHead, isSmall, limitBody, readWhole } from "./web-request.ts";

const MAX_BODY = 20 * 1024 * 1024;
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "host", "te"]);

/**
 * Forwards `/functions/v1/<name>/…` to the process of that function, both bodies streaming. As on hosted Supabase the
 * function sees the path `/<name>/…`, and a function that checks tokens is never reached without a valid one.
 */
export function createFunctionsProxy(host: FunctionsHost, jwtSecret: string) {
  return async function forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { pathname, search }: URL,
  ): Promise<void> {
    const name = pathname.split("/")[3] ?? "";
    const found = host.find(name);
    if (!found) {
      return sendJson(outgoing, 404, { code: "NOT_FOUND", message: "Requested function was not found" });
    }
    if (found.verifyJwt && !mayCall(incoming, jwtSecret)) {
      return sendJson(outgoing, 401, {
        code: "UNAUTHORIZED",
        message: "A valid access token is needed; sign in again.",
      });
    }
    const port = await host.portOf(name);
    if (port === undefined) {
      outgoing.setHeader("retry-after", "2");
      return sendJson(outgoing, 503, {
        code: "BOOT_ERROR",
        message: `The function ${name} is not running; the server's log says why.`,
      });
    }
    const path = pathname.slice("/functions/v1".length) + search;
    try {
      await exchange(incoming, outgoing, port, path);
    } catch (error) {
      if (outgoing.headersSent || !isLostConnection(error)) throw error;
      outgoing.setHeader("retry-after", "2");
      sendJson(outgoing, 503, {
        code: "WORKER_LIMIT",
        message: `The function ${name} ended while it worked on this; it is being started again.`,
      });
    }
  };
}

function isLostConnection(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNREFUSED" || code === "ECONNRESET";
}

function mayCall(incoming: IncomingMessage, jwtSecret: string): boolean {
  const [scheme, token = ""] = String(incoming.headers.authorization ?? "").split(" ");
  return scheme?.toLowerCase() === "bearer" && verifyToken(token, jwtSecret).ok;
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  path: string,
): Promise<void> {
  const body = limitBody(incoming, MAX_BODY);
  const headers = Object.fromEntries(
    Object.entries(incoming.headersDistinct).filter(([name]) => !HOP_BY_HOP.has(name)),
  );
  const upstream = request({ host: "127.0.0.1", port, path, method: incoming.method ?? "GET", headers });
  outgoing.once("close", () => upstream.destroy());
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once("response", resolve).on("error", reject);
  });
  // Who waits for it comes to it only when the body is sent.
  answered.catch(() => {});
  const answer = await answerTo(upstream, answered, body, isSmall(incoming));
  const pairs = Object.entries(answer.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const,
  );
  copyHead(answer.statusCode ?? 502, pairs, outgoing);
  if (isSmall(answer) && incoming.method !== "HEAD") outgoing.end(await readWhole(answer));
  else await pipeline(answer, outgoing);
}

/** Sends the body, a small one at once, and resolves with the answer, which may come before all of it is sent. */
async function answerTo(
  upstream: ClientRequest,
  answered: Promise<IncomingMessage>,
  body: AsyncIterable<Buffer>,
  small: boolean,
): Promise<IncomingMessage> {
  if (small) {
    upstream.end(await readWhole(body));
    return answered;
  }
  const sent = pipeline(body, upstream);
  const answer = await Promise.race([answered, sent.then(() => answered)]);
  sent.catch(() => {});
  return answer;
}
