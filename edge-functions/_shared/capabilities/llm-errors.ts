// What a provider's failure means: which pass, which need money, a key or another prompt.
import { APICallError } from "ai";
import { StepError } from "../../../src/core/failure.ts";
import { toEgressError } from "../egress-errors.ts";
import { answeredAt, retryAfterMs } from "./retry-after.ts";

const NO_MONEY = /insufficient_quota|billing|credit balance|exceeded your current quota|payment required/i;

/**
 * @param host   of the provider, for the message
 * @param signal its reason wins over what the SDK made of it
 */
export function toModelError(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const call = findCall(error);
  if (!call) return toEgressError(error, host, signal);
  const { statusCode: status, responseBody = "", responseHeaders = {} } = call;
  // Without a status, or with a good one, the answer itself was broken.
  if (status === undefined || status < 400) {
    const known = toEgressError(call.cause ?? call, host, signal);
    if (known instanceof StepError && known.code !== "network") return known;
    if (status === undefined) return known;
    return failure(
      "transient",
      "provider_invalid",
      `${host} sent an answer that cannot be read.`,
      "It is retried. If it keeps happening, check the address of the connection.",
      responseBody,
    );
  }
  if (NO_MONEY.test(responseBody) || status === 402) {
    return failure(
      "budget",
      "spend_limit",
      `${host} refused: the account's own spending limit is reached.`,
      "Raise the limit or add credit at the provider, then retry.",
      responseBody,
    );
  }
  const wait = retryAfterMs(responseHeaders["retry-after"], answeredAt(responseHeaders["date"], Date.now()));
  if (status === 429) {
    return failure(
      "rate_limited",
      "http_429",
      `${host} answered 429: too many requests.`,
      "It is retried after the time the provider asks for.",
      responseBody,
      wait,
    );
  }
  if (status === 529 || status === 503) {
    return failure(
      "transient",
      "overloaded",
      `${host} is overloaded (${status}).`,
      "It is retried, with the next model of the chain if there is one.",
      responseBody,
      wait,
    );
  }
  if (status >= 500 || status === 408 || status === 409 || status === 425) {
    return failure(
      "transient",
      "http_5xx",
      `${host} answered ${status}, which is usually temporary.`,
      "It is retried.",
      responseBody,
      wait,
    );
  }
  if (status === 401 || status === 403) {
    return failure(
      "auth",
      "connection_invalid",
      `${host} answered ${status}: the key is missing, wrong or not allowed to use this model.`,
      "Enter a valid key in the connection, then retry.",
      responseBody,
    );
  }
  return failure(
    "permanent",
    "http_4xx",
    `${host} answered ${status} and will not accept this request.`,
    "Check the name of the model and the settings of the node.",
    responseBody,
  );
}

function findCall(error: unknown): APICallError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (APICallError.isInstance(at)) return at;
  }
  return undefined;
}

function failure(
  ...[errorClass, code, message, hint, snippet, wait]: [
    StepError["errorClass"],
    string,
    string,
    string,
    string,
    number?,
  ]
): StepError {
  return new StepError(errorClass, code, message, {
    hint,
    ...(snippet === "" ? {} : { snippet }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}
