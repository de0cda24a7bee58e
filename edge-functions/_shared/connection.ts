// A stored credential, opened for one step: where it may go and how it is shown there.
import { z } from "zod";
import { StepError } from "../../src/core/failure.ts";
import { bareHost } from "./addresses.ts";
import { portOf } from "./egress.ts";
import type { Redactor } from "./redact.ts";
import { openSecret, SealedSecret, VaultError } from "./vault.ts";

/** `username` makes it HTTP Basic; `headerName` moves the secret out of `Authorization`; `prefix` goes before it. */
export const ConnectionConfig = z.looseObject({
  headerName: z.string().optional(),
  prefix: z.string().optional(),
  username: z.string().optional(),
  /** False: its calls go out even while the host keeps failing. */
  breaker: z.boolean().optional(),
});

/** A connection as the engine returns it. */
export const StoredConnection = z.object({
  kind: z.enum(["http", "mcp", "anthropic", "openai", "openai-compatible", "signing"]),
  baseUrl: z.string().nullish(),
  hosts: z.array(z.string()).nullish(),
  config: ConnectionConfig.nullish(),
  secret: SealedSecret.nullish(),
});
export type StoredConnection = z.infer<typeof StoredConnection>;

export interface Connection {
  slug: string;
  kind: StoredConnection["kind"];
  baseUrl: string | undefined;
  hosts: string[];
  config: z.infer<typeof ConnectionConfig>;
  /** Never leaves the capabilities. */
  secret: string | undefined;
}

/**
 * Opens the connection's secret and tells the redactor of it.
 * @throws StepError `auth`/`connection_invalid` when it is missing or cannot be opened
 */
export async function openConnection(
  stored: StoredConnection | null,
  place: { workspaceId: string; slug: string },
  vaultKey: () => string,
  redactor: Redactor,
): Promise<Connection> {
  const { slug } = place;
  if (stored === null) {
    throw new StepError("auth", "connection_invalid", `There is no connection "${slug}" in this workspace.`, {
      hint: "Create it under Connections, or choose another one in the node.",
    });
  }
  const config = stored.config ?? {};
  const secret = stored.secret
    ? await openSecret(stored.secret, vaultKey(), place).catch((cause: unknown) => {
        if (!(cause instanceof VaultError)) throw cause;
        throw new StepError("auth", "connection_invalid", cause.message, {
          hint: "Enter the secret of this connection again.",
          cause,
        });
      })
    : undefined;
  if (secret !== undefined) {
    redactor.add(secret);
    if (config.username !== undefined) redactor.add(basic(config.username, secret));
  }
  const baseUrl = stored.baseUrl ?? undefined;
  const own = baseUrl === undefined ? undefined : URL.parse(baseUrl)?.host;
  const hosts = [...(stored.hosts ?? []), ...(own === undefined ? [] : [own])];
  return { slug, kind: stored.kind, baseUrl, hosts, config, secret };
}

/** True when the connection's credential may be shown to this address: `host`, `host:port` or `*.host`. */
export function mayReach(connection: Connection, url: URL): boolean {
  const host = bareHost(url.hostname);
  return connection.hosts.some((entry) => {
    const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (port !== undefined && Number(port) !== portOf(url)) return false;
    if (port === undefined && url.port !== "") return false;
    return name.startsWith("*.") ? host.endsWith(name.slice(1)) : bareHost(name) === host;
  });
}

/** @throws StepError `policy`/`connection_host` when the address is none of the connection's hosts */
export function requireReach(connection: Connection, url: URL): void {
  if (mayReach(connection, url)) return;
  const hosts = connection.hosts.join(", ") || "no host";
  throw new StepError(
    "policy",
    "connection_host",
    `The connection "${connection.slug}" may be used towards ${hosts}, not towards ${url.host}.`,
    {
      hint: "Add the host to the connection, or use another connection.",
    },
  );
}

/** The headers that carry the credential; lower-case names. */
export function credentialHeaders({ config, secret }: Connection): Record<string, string> {
  if (secret === undefined) return {};
  if (config.username !== undefined) return { authorization: `Basic ${basic(config.username, secret)}` };
  const name = (config.headerName ?? "authorization").toLowerCase();
  const prefix = config.prefix ?? (name === "authorization" ? "Bearer " : "");
  return { [name]: prefix + secret };
}

function basic(username: string, secret: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${secret}`)));
}
