// An answer off the wire as the platform's Response. undici's own `fetch` is not used: in Deno its bodies hang when the
// other side breaks off, while those of `request` fail.
import type { Dispatcher } from "undici";
import { StepError } from "../../src/core/failure.ts";

type Body = Dispatcher.ResponseData["body"];
type WireHeaders = Dispatcher.ResponseData["headers"];

const NO_BODY = new Set([101, 204, 205, 304]);

/** @throws StepError `permanent`/`http_invalid` for an impossible status or a packing we did not ask for */
export function toResponse(status: number, wire: WireHeaders, body: Body): Response {
  // Breaking a body off makes it emit an error nobody waits for any more.
  body.on("error", () => undefined);
  const headers = new Headers();
  for (const [name, value] of Object.entries(wire)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
  }
  if (status < 200 || status > 599) throw invalid(body, `the status ${status}`);
  if (NO_BODY.has(status)) {
    body.destroy();
    return new Response(null, { status, headers });
  }
  const packing = (headers.get("content-encoding") ?? "identity").toLowerCase().trim();
  if (packing === "identity" || packing === "") return new Response(streamOf(body), { status, headers });
  if (packing !== "gzip" && packing !== "deflate")
    throw invalid(body, `a body packed as ${packing.slice(0, 20)}`);
  return new Response(streamOf(body).pipeThrough(new DecompressionStream(packing)), { status, headers });
}

function streamOf(body: Body): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value }: IteratorResult<Uint8Array<ArrayBuffer>> = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    cancel() {
      body.destroy();
    },
  });
}

function invalid(body: Body, what: string): StepError {
  body.destroy();
  return new StepError(
    "permanent",
    "http_invalid",
    `The server answered with ${what}, which cannot be read.`,
    {
      hint: "Check the address, or ask whoever runs the server.",
    },
  );
}
