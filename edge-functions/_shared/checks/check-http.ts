// Asks an address whether things are as they should be: once, or again and again until they are.
import type { HttpResponse } from "../../../src/core/capabilities.ts";
import { evaluateExpression, resolveBinding } from "../../../src/core/expression.ts";
import { StepError } from "../../../src/core/failure.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { isExpected } from "../../../src/core/status-rule.ts";
import { HttpCheck, POLL_WAIT_MS, SHORT_POLL_MS } from "../../../src/core/verifier-kinds.ts";
import { excerpt, small, type CheckMeans, type Ruling, type Subject } from "./check.ts";

const MOST_BYTES = 1024 * 1024;

/**
 * @throws StepError when the address cannot be reached, or answers that it is busy or broken, and the check does not poll
 */
export async function checkHttp(raw: JsonObject, subject: Subject, means: CheckMeans): Promise<Ruling> {
  const config = HttpCheck.parse(raw);
  const { pollMs } = config;
  const started = performance.now();
  const poll = { asked: subject.poll?.asked ?? 0, waitedMs: subject.poll?.waitedMs ?? 0 };
  for (;;) {
    poll.asked++;
    const found = await askOnce(config, subject, means).catch((error: unknown) => {
      if (pollMs === undefined || !isAway(error)) throw error;
      return { verdict: "error" as const, evidence: { reason: error.message } };
    });
    const evidence = { ...found.evidence, ...(pollMs === undefined ? {} : { ...poll }) };
    if (found.verdict === "passed" || pollMs === undefined)
      return { verdict: found.verdict, evidence: small(evidence) };
    const most = config.maxWaitMs ?? POLL_WAIT_MS;
    if (poll.waitedMs + pollMs > most) {
      const reason = `It did not fit within ${Math.round(most / 1_000)} s.`;
      return { verdict: found.verdict, evidence: small({ reason, ...evidence }) };
    }
    poll.waitedMs += pollMs;
    if (pollMs > SHORT_POLL_MS || performance.now() - started > SHORT_POLL_MS * 2)
      return { later: { afterMs: pollMs, poll } };
    await pause(pollMs, means.signal);
  }
}

async function askOnce(
  config: HttpCheck,
  { scope }: Subject,
  means: CheckMeans,
): Promise<{ verdict: "passed" | "failed"; evidence: JsonObject }> {
  const { method, connection, okStatus, expect } = config;
  const url = resolveBinding(config.url, scope);
  if (typeof url !== "string")
    throw new StepError("validation", "input_invalid", "The address of the check is not a text.", {
      hint: "Bind it to a text that starts with https://.",
    });
  const body = config.body === undefined ? undefined : resolveBinding(config.body, scope);
  const response = await means.http({ method, url, connection, body, redirects: 5, maxBytes: MOST_BYTES });
  const { status } = response;
  const expected = isExpected(status, okStatus);
  if (!expected && (status >= 500 || status === 408 || status === 425 || status === 429))
    throw busy(response);
  const answer = { status, headers: response.headers, body: response.body };
  const value =
    expected && expect !== undefined ? evaluateExpression(expect, { ...scope, response: answer }) : true;
  const shown = { method, url, status, body: excerpt(response.body) };
  return {
    verdict: expected && value === true ? "passed" : "failed",
    evidence: expect === undefined ? { ...shown, okStatus } : { ...shown, okStatus, expect, value },
  };
}

/** An answer that says nothing about what was asked. */
function busy({ status, retryAfterMs, body }: HttpResponse): StepError {
  const facts = { snippet: excerpt(body, 500), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new StepError(
    status === 429 ? "rate_limited" : "transient",
    status === 429 ? "http_429" : "http_5xx",
    `The server answered ${status}, which says nothing about what was asked.`,
    facts,
  );
}

function isAway(error: unknown): error is StepError {
  return (
    error instanceof StepError &&
    (["transient", "rate_limited", "timeout"].includes(error.errorClass) || error.code === "output_invalid")
  );
}

/** @throws the signal's reason */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((done, fail) => {
    const stop = () => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
