import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

/** A request body over the limit of its route. */
export class BodyTooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    const kilobytes = limit / 1024;
    const said = kilobytes < 1024 ? `${kilobytes} KB` : `${Math.round(kilobytes / 1024)} MB`;
    super(`The request body is larger than ${said}.`);
    this.name = "BodyTooLarge";
    this.limit = limit;
  }
}

/** The body limit a request broke, if that is why it failed; streams wrap what ended them, so the reason may lie below. */
export function findTooLarge(error: unknown): BodyTooLarge | undefined {
  if (error instanceof BodyTooLarge) return error;
  return error instanceof Error && error.cause !== undefined ? findTooLarge(error.cause) : undefined;
}

/**
 * Lets at most `limit` bytes of a request body through.
 * @throws BodyTooLarge at once when the announced length is over the limit, from the stream otherwise
 */
export function limitBody(incoming: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(incoming.headers["content-length"] ?? 0) > limit) throw new BodyTooLarge(limit);
  return counted(incoming, limit);
}

async function* counted(incoming: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of incoming) {
    seen += chunk.length;
    if (seen > limit) throw new BodyTooLarge(limit);
    yield chunk;
  }
}

/** Bodies up to this are passed on whole; a stream of the web platform costs more than most requests carry. */
const WHOLE = 256 * 1024;

/**
 * Turns a request of node:http into one of the web platform, its body streaming when it is large or of unknown length.
 * @throws BodyTooLarge as limitBody
 */
export async function toWebRequest(incoming: IncomingMessage, target: URL, limit: number): Promise<Request> {
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? "", incoming.rawHeaders[at + 1] ?? "");
  }
  const method = incoming.method ?? "GET";
  if (method === "GET" || method === "HEAD") return new Request(target, { method, headers });
  const limited = limitBody(incoming, limit);
  if (isSmall(incoming)) return new Request(target, { method, headers, body: await readWhole(limited) });
  const body = Readable.toWeb(Readable.from(limited));
  return new Request(target, { method, headers, body, duplex: "half" } as RequestInit);
}

/** True for a message that announces a body of few bytes. */
export function isSmall({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return length !== undefined && Number(length) <= WHOLE;
}

/** @returns null for no bytes */
export async function readWhole(chunks: AsyncIterable<Buffer>): Promise<Buffer<ArrayBuffer> | null> {
  const read: Buffer[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return read.length === 0 ? null : Buffer.concat(read);
}

/** Headers an upstream may not set: the gateway decides about other origins, framing and connections. */
const WITHHELD = /^(access-control-|connection$|keep-alive$|transfer-encoding$|set-cookie$|x-powered-by$)/;

/**
 * Copies a response's status and headers, except those only the gateway may set. Data never arrives as a page: an
 * HTML answer of an API is served as plain text, as hosted Supabase does.
 */
export function copyHead(
  status: number,
  headers: Iterable<readonly [string, string]>,
  outgoing: ServerResponse,
): void {
  outgoing.statusCode = status;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (WITHHELD.test(lower)) continue;
    const isPage = lower === "content-type" && /html|xml|svg/i.test(value);
    outgoing.setHeader(name, isPage ? "text/plain; charset=utf-8" : value);
  }
}

/** Sends a web response through node:http, streaming when it is large or of unknown length. */
export async function sendWebResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  copyHead(response.status, response.headers, outgoing);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  const length = response.headers.get("content-length");
  if (length !== null && Number(length) <= WHOLE) {
    outgoing.end(Buffer.from(await response.arrayBuffer()));
    return;
  }
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), outgoing);
}
