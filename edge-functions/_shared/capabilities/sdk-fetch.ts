// `fetch` as the SDKs call it, through the egress door and towards one connection's hosts only.
import { requireReach, type Connection } from "../connection.ts";
import type { Egress } from "../egress.ts";
import { toEgressError } from "../egress-errors.ts";
import { readBody } from "../read-body.ts";

const MAX_BYTES = 10 * 1024 * 1024;

type SdkInput = string | URL | Request;

/**
 * Answers are read whole, so that a broken-off one fails inside the door; event streams pass through as they come.
 * @param headers credentials to add; dropped on no redirect, because none is followed
 */
export function sdkFetch(
  egress: Egress,
  connection: Connection,
  headers: Record<string, string>,
  outer: AbortSignal,
) {
  return async (input: SdkInput, init: RequestInit = {}): Promise<Response> => {
    const address = input instanceof Request ? input.url : String(input);
    const url = egress.checkUrl(address, true);
    requireReach(connection, url);
    const signal = init.signal ? AbortSignal.any([init.signal, outer]) : outer;
    const sent = { ...Object.fromEntries(new Headers(init.headers)), "user-agent": "runboard", ...headers };
    const { response } = await egress.send(address, {
      method: init.method ?? "GET",
      headers: sent,
      body: await bodyOf(init.body),
      signal,
      secureOnly: true,
    });
    const facts = {
      status: response.status,
      headers: new Headers([...response.headers].filter(([name]) => !STRIPPED.has(name))),
    };
    if (response.status === 204 || response.status === 304) return new Response(null, facts);
    if (response.headers.get("content-type")?.startsWith("text/event-stream") === true && response.body) {
      return new Response(guarded(response.body, url.host, signal), facts);
    }
    return new Response(await readBody(response, url.host, MAX_BYTES, signal), facts);
  };
}

/** They describe the bytes on the wire, which are already unpacked here. */
const STRIPPED = new Set(["content-encoding", "content-length", "transfer-encoding"]);

async function bodyOf(body: BodyInit | null | undefined): Promise<string | Uint8Array | null> {
  if (body === null || body === undefined || typeof body === "string") return body ?? null;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function guarded(
  body: ReadableStream<Uint8Array>,
  host: string,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = MAX_BYTES;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        left -= value.byteLength;
        if (left < 0) throw new Error("the stream is larger than 10 MB");
        controller.enqueue(value);
      } catch (error) {
        void reader.cancel().catch(() => undefined);
        controller.error(toEgressError(error, host, signal));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
