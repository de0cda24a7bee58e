// What a failed connection means: which faults pass and which are for a person.
import { StepError } from "../../src/core/failure.ts";

const RESET =
  /ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|other side closed|terminated|unexpected eof|connection reset|aborted prematurely|peer closed/i;
const REFUSED = /ECONNREFUSED|connection refused/i;
const NO_ROUTE = /ENETUNREACH|EHOSTUNREACH|network is unreachable|no route to host/i;
const SLOW = /ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|timed out/i;
const TLS = /certificate|CERT_|SELF_SIGNED|ERR_TLS|UNABLE_TO_VERIFY|handshake|ERR_SSL|wrong version number/i;
const PROTOCOL =
  /^HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_INVALID|invalid HTTP|Response does not match the HTTP/i;

/**
 * Classifies whatever the socket, TLS or HTTP layer threw.
 * @param signal its reason wins: a timeout or a cancellation is not a network fault
 * @param host   named in the message; never the full URL, which may carry a secret
 */
export function toEgressError(error: unknown, host: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  const chain = causes(error);
  const known = chain.find((one) => one instanceof StepError);
  if (known) return known;
  const said = chain.map(describe).join(" ");
  const network = (reason: string, message: string, hint: string) =>
    new StepError("transient", "network", message, { hint, cause: error, detail: { reason, host } });
  if (TLS.test(said)) {
    return new StepError("permanent", "tls_invalid", `${host} did not prove who it is: ${last(chain)}.`, {
      hint: "Check the server's certificate and the address of the connection.",
      cause: error,
    });
  }
  if (REFUSED.test(said))
    return network(
      "refused",
      `${host} refused the connection.`,
      "Check that the server is running and the port is right.",
    );
  if (NO_ROUTE.test(said))
    return network(
      "unreachable",
      `${host} cannot be reached from here.`,
      "Check the network and the address.",
    );
  if (SLOW.test(said))
    return network(
      "slow",
      `${host} did not answer in time.`,
      "It is retried. If it keeps happening, raise the time limit of the step.",
    );
  if (PROTOCOL.test(said)) {
    return new StepError(
      "permanent",
      "http_invalid",
      `${host} sent something that is not HTTP: ${last(chain)}.`,
      {
        hint: "Check the address and the port.",
        cause: error,
      },
    );
  }
  if (RESET.test(said))
    return network(
      "reset",
      `${host} closed the connection before the answer was complete.`,
      "It is retried. If it keeps failing, look at the server's own logs.",
    );
  return network(
    "other",
    `The request to ${host} failed: ${last(chain)}.`,
    "It is retried. If it keeps failing, check the address.",
  );
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < 8;) {
    chain.push(at);
    at = at instanceof Error ? (at instanceof AggregateError ? at.errors[0] : at.cause) : undefined;
  }
  return chain;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${"code" in error ? String(error.code) : ""} ${error.name} ${error.message}`;
}

function last(chain: unknown[]): string {
  const deepest = chain.at(-1);
  return (deepest instanceof Error ? deepest.message : String(deepest)).slice(0, 200);
}
