// The one door to the outside: every address is checked, and the checked address is the one that is dialled.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Agent, buildConnector, request, type Dispatcher } from "undici";
import { StepError } from "../../src/core/failure.ts";
import { bareHost, isPublicAddress, type AllowList } from "./addresses.ts";
import { toEgressError } from "./egress-errors.ts";
import { toResponse } from "./to-response.ts";

export interface EgressSettings {
  allow: AllowList;
  /** All addresses of a name; the system's resolver unless a test brings its own. */
  resolve?: (host: string) => Promise<string[]>;
}

export interface EgressRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | null;
  signal?: AbortSignal;
  /** How many redirects are followed; each is checked like the first address. Default 0: a redirect is an answer. */
  redirects?: number;
  /** Plain `http:` reaches only addresses the operator allowed. */
  secureOnly?: boolean;
}

export interface EgressResponse {
  /** Where the answer came from, after redirects. */
  url: string;
  response: Response;
}

interface Sent {
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  signal?: AbortSignal | undefined;
}

const CREDENTIALS = ["authorization", "cookie", "proxy-authorization"];
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reaches public addresses, and the private ones on the operator's list. */
export class Egress {
  readonly #settings: EgressSettings;
  readonly #agent: Agent;

  constructor(settings: EgressSettings) {
    this.#settings = settings;
    const dial = buildConnector({ allowH2: false, timeout: 10_000 });
    this.#agent = new Agent({
      connect: (options, done) => {
        this.#dial(dial, options).then(
          (socket) => done(null, socket),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
        );
      },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Sends one request and follows redirects within the limit, without credentials once the origin changes.
   * @param secrets names (lower case) of further headers that carry a credential
   * @throws StepError `policy`/`egress_denied`, `validation`/`header_invalid`|`url_invalid`, `transient`/`network`,
   *   `permanent`/`tls_invalid`|`too_many_redirects`; or the signal's reason
   */
  async send(url: string, wanted: EgressRequest, secrets: readonly string[] = []): Promise<EgressResponse> {
    let target = this.checkUrl(url, wanted.secureOnly ?? false);
    let headers = checkHeaders(wanted.headers ?? {});
    let { method = "GET", body = null } = wanted;
    for (let left = wanted.redirects ?? 0; ; left--) {
      const response = await this.#once(target, { method, headers, body, signal: wanted.signal });
      const location = response.headers.get("location");
      if (!isRedirect(response.status) || location === null || (wanted.redirects ?? 0) === 0) {
        return { url: target.href, response };
      }
      await response.body?.cancel();
      if (left === 0) {
        throw new StepError(
          "permanent",
          "too_many_redirects",
          `${target.host} redirected more than ${wanted.redirects} times.`,
          {
            hint: "Use the final address, or allow more redirects.",
          },
        );
      }
      const next = this.checkUrl(resolveLocation(location, target), wanted.secureOnly ?? false);
      if (response.status === 303 || (method === "POST" && response.status < 303)) {
        if (method !== "HEAD") method = "GET";
        body = null;
        headers = without(headers, ["content-type", "content-length"]);
      }
      if (next.origin !== target.origin) headers = without(headers, [...CREDENTIALS, ...secrets]);
      target = next;
    }
  }

  /**
   * @throws StepError when the address is not http(s), carries a password, spells a number oddly or is a refused address
   */
  checkUrl(text: string, secureOnly: boolean): URL {
    let url: URL;
    try {
      url = new URL(text);
    } catch {
      throw new StepError("validation", "url_invalid", "The address is not a complete URL.", {
        hint: "It starts with https:// and names a host.",
      });
    }
    if (url.protocol !== "https:" && url.protocol !== "http:")
      throw denied(url.host, `${url.protocol} addresses are not reached`);
    if (url.username !== "" || url.password !== "") {
      throw new StepError(
        "validation",
        "url_invalid",
        `The address of ${url.host} holds a user name or password.`,
        {
          hint: "Put the credential into a connection and name the connection.",
        },
      );
    }
    const { allow } = this.#settings;
    const host = bareHost(url.hostname);
    const port = portOf(url);
    const named = allow.hasName(host, port);
    if (secureOnly && url.protocol === "http:" && !named)
      throw denied(host, "credentials travel over https only");
    if (isIP(host) !== 0 && !named) {
      if (!isPublicAddress(host)) throw denied(host, "it is a private or reserved address");
      if (!new RegExp(`//\\[?${host.replaceAll(".", "\\.")}\\]?([:/?#]|$)`, "i").test(text)) {
        throw denied(host, "the address is spelled in an unusual way");
      }
    }
    return url;
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #once(url: URL, init: Sent): Promise<Response> {
    init.signal?.throwIfAborted();
    try {
      const { statusCode, headers, body } = await request(url, {
        method: init.method,
        headers: { "accept-encoding": "identity", ...init.headers },
        body: init.body,
        signal: init.signal,
        dispatcher: this.#agent,
      });
      return toResponse(statusCode, headers, body);
    } catch (error) {
      throw toEgressError(error, url.host, init.signal);
    }
  }

  async #dial(dial: buildConnector.connector, options: buildConnector.Options) {
    const host = bareHost(options.hostname);
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    const addresses = isIP(host) === 0 ? await this.#addressesOf(host) : [host];
    const { allow } = this.#settings;
    if (!addresses.every((address) => isPublicAddress(address) || allow.has(host, port, address))) {
      throw denied(host, "it leads to a private or reserved address");
    }
    // With a server name a plain connection would look the name up again, so only TLS gets one.
    const servername = options.protocol === "https:" && isIP(host) === 0 ? host : undefined;
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await new Promise<Parameters<buildConnector.Callback>[1] & object>((done, fail) => {
          const answer = (error: Error | null, socket?: Parameters<buildConnector.Callback>[1]) =>
            socket ? done(socket) : fail(error ?? new Error("no socket"));
          dial({ ...options, hostname: address, servername }, answer as buildConnector.Callback);
        });
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #addressesOf(host: string): Promise<string[]> {
    const resolve = this.#settings.resolve ?? systemResolve;
    const found = await resolve(host).catch((cause: unknown) => {
      throw unknownName(host, cause);
    });
    if (found.length === 0) throw unknownName(host, undefined);
    return found;
  }
}

async function systemResolve(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function unknownName(host: string, cause: unknown): StepError {
  return new StepError("transient", "network", `The name ${host} could not be resolved.`, {
    hint: "Check the spelling of the host.",
    detail: { reason: "dns", host },
    cause,
  });
}

function denied(host: string, why: string): StepError {
  return new StepError("policy", "egress_denied", `${host} was not contacted: ${why}.`, {
    hint: "Use a public https address. The operator can allow a private one with RUNBOARD_ALLOW_PRIVATE.",
  });
}

/** @throws StepError `validation`/`header_invalid` for line breaks, NUL and impossible names */
function checkHeaders(headers: Record<string, string>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // deno-lint-ignore no-control-regex
    if (!NAME.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new StepError(
        "validation",
        "header_invalid",
        `The header "${name.slice(0, 60).replace(/[^\x20-\x7e]/g, "?")}" cannot be sent: its name or value holds a character headers may not hold.`,
        {
          hint: "Remove line breaks and special characters from it.",
        },
      );
    }
    checked[name.toLowerCase()] = value;
  }
  return checked;
}

function resolveLocation(location: string, base: URL): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(location) ? location : (URL.parse(location, base)?.href ?? location);
}

function without(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** The port a URL leads to, also when it is left out. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}
