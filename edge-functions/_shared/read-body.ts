// Reads an answer's body up to a limit, so that no server can fill the worker's memory.
import { StepError } from "../../src/core/failure.ts";
import { toEgressError } from "./egress-errors.ts";

/**
 * @param host     for the message
 * @param maxBytes counted after decompression
 * @throws StepError `permanent`/`response_too_large`, `transient`/`network` when it breaks off; or the signal's reason
 */
export async function readBody(
  response: Response,
  host: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge(host, maxBytes);
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    throw toEgressError(error, host, signal);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(host: string, maxBytes: number): StepError {
  return new StepError(
    "permanent",
    "response_too_large",
    `${host} answered with more than ${maxBytes} bytes.`,
    {
      hint: "Ask for less, for example a page at a time.",
    },
  );
}
