import type { IncomingMessage, ServerResponse } from "node:http";

/** Decides whom the gateway talks to. */
export interface Guard {
  /** True when the request names this installation in its Host header; a rebound name does not. */
  isOurHost(incoming: IncomingMessage): boolean;
  /** True when no page, or a page of ours, sent the request. */
  isOurOrigin(incoming: IncomingMessage): boolean;
  /** Headers every answer carries. */
  secure(outgoing: ServerResponse): void;
  /** Headers of the app's pages and files on top of those. */
  securePage(outgoing: ServerResponse): void;
}

/**
 * @param origins addresses of this installation, for example `http://127.0.0.1:4400`
 * @param dev     Vite's client needs inline scripts, so pages carry no policy while developing
 */
export function createGuard(origins: readonly string[], dev: boolean): Guard {
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  const allowed = new Set(origins);
  // A policy has no spelling for IPv6 addresses; 'self' covers a page that was opened through one.
  const named = [...hosts].filter((host) => !host.startsWith("["));
  const sockets = named.map((host) => `ws://${host} wss://${host}`).join(" ");
  // Inline styles are how React Flow places nodes and Monaco draws text; scripts come from files only.
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ${sockets}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    isOurHost: (incoming) => hosts.has(String(incoming.headers.host ?? "").toLowerCase()),
    isOurOrigin(incoming) {
      const { origin } = incoming.headers;
      return origin === undefined || allowed.has(origin);
    },
    secure(outgoing) {
      outgoing.setHeader("x-content-type-options", "nosniff");
      outgoing.setHeader("referrer-policy", "no-referrer");
      outgoing.setHeader("cross-origin-resource-policy", "same-origin");
      outgoing.setHeader("x-frame-options", "DENY");
    },
    securePage(outgoing) {
      outgoing.setHeader("cross-origin-opener-policy", "same-origin");
      if (!dev) outgoing.setHeader("content-security-policy", policy);
    },
  };
}
