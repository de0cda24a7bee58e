// Stores a connection. Its secret goes in sealed and never comes out again.
import { z } from "zod";
import { ConnectionLimits } from "../../src/core/connection-limits.ts";
import { Slug } from "../../src/core/json.ts";
import { ConnectionConfig } from "../_shared/connection.ts";
import { openEngine } from "../_shared/engine.ts";
import { needEnv } from "../_shared/env.ts";
import { endpoint, HttpError, readJson } from "../_shared/responses.ts";
import { requireUser } from "../_shared/user.ts";
import { sealSecret } from "../_shared/vault.ts";

const Host = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/,
    "a host is written like api.example.com, *.example.com or host:port",
  );
const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}$/);
const HeaderText = z
  .string()
  .max(200)
  .regex(/^[\x20-\x7e]*$/);

const Body = z.strictObject({
  workspaceId: z.uuid(),
  slug: Slug,
  kind: z.enum(["http", "mcp", "anthropic", "openai", "openai-compatible", "signing"]),
  title: z.string().min(1).max(120),
  baseUrl: z.url({ protocol: /^https?$/ }).nullish(),
  hosts: z.array(Host).max(50).default([]),
  config: ConnectionConfig.extend({
    headerName: HeaderName.optional(),
    prefix: HeaderText.optional(),
    username: HeaderText.optional(),
  }).default({}),
  limits: ConnectionLimits.nullish(),
  secret: z.string().min(1).max(16_384).nullish(),
});
type Body = z.infer<typeof Body>;

const homes: Partial<Record<Body["kind"], string>> = {
  anthropic: "api.anthropic.com",
  openai: "api.openai.com",
};

/** The hosts the credential may be shown to: those given, the address's own, and a provider's home if it has no address. */
function hostsOf({ kind, baseUrl, hosts }: Body): string[] {
  const own = baseUrl ? new URL(baseUrl).host : homes[kind];
  return [...new Set([...hosts, ...(own === undefined ? [] : [own])])];
}

Deno.serve(
  endpoint(async (request) => {
    const user = await requireUser(request);
    const body = await readJson(request, Body);
    const { workspaceId, slug, kind, title, baseUrl, config, limits, secret } = body;
    if (slug === "sandbox") {
      throw new HttpError(
        422,
        "reserved_name",
        "The name sandbox belongs to the built-in model.",
        "Choose another name.",
      );
    }
    if (baseUrl && (new URL(baseUrl).username !== "" || new URL(baseUrl).password !== "")) {
      throw new HttpError(
        422,
        "url_invalid",
        "The address holds a user name or password.",
        "Enter them as the connection's user name and secret.",
      );
    }
    if ((kind === "mcp" || kind === "openai-compatible") && !baseUrl) {
      throw new HttpError(
        422,
        "address_missing",
        `A connection of kind ${kind} needs an address.`,
        "Enter the address of the server.",
      );
    }
    const hosts = hostsOf(body);
    // A signing secret checks what comes in; it is sent nowhere.
    if (hosts.length === 0 && kind !== "signing") {
      throw new HttpError(
        422,
        "hosts_missing",
        "A connection needs to know where its secret may be sent.",
        "Enter an address or at least one host.",
      );
    }
    const sealed = secret
      ? await sealSecret(secret, needEnv("RUNBOARD_VAULT_KEY"), { workspaceId, slug })
      : null;
    const connection = {
      slug,
      kind,
      title,
      baseUrl: baseUrl ?? null,
      hosts,
      config,
      ...(limits === undefined ? {} : { limits }),
    };
    return await openEngine().putConnection(user.id, workspaceId, connection, sealed);
  }),
);
