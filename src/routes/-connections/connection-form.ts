// The fields of the connection form, and what is wrong with them.
import { Slug, type JsonObject } from "../../core/json.ts";
import type { ConnectionDraft, ConnectionKind, ConnectionRow } from "../../data/connections.ts";
import { connectionLook } from "./connection-look.ts";

export interface ConnectionFields {
  kind: ConnectionKind;
  title: string;
  slug: string;
  baseUrl: string;
  hosts: string;
  headerName: string;
  /** Numbers as typed; empty is without limit. */
  maxParallel: string;
  max: string;
  per: "second" | "minute" | "hour" | "day";
  /** Whether steps wait while the host keeps failing. */
  breaker: boolean;
  /** Settings that have no field here and stay as they are, such as a user name. */
  otherConfig: JsonObject;
  secret: string;
}

export type FieldProblems = Partial<Record<keyof ConnectionFields, string>>;

export function fieldsOf(connection: ConnectionRow | undefined): ConnectionFields {
  const { headerName, breaker, ...otherConfig } = connection?.config ?? {};
  return {
    kind: connection?.kind ?? "mcp",
    title: connection?.title ?? "",
    slug: connection?.slug ?? "",
    baseUrl: connection?.baseUrl ?? "",
    hosts: connection?.hosts.join(", ") ?? "",
    headerName: typeof headerName === "string" ? headerName : "",
    maxParallel: String(connection?.limits?.maxParallel ?? ""),
    max: String(connection?.limits?.max ?? ""),
    per: connection?.limits?.per ?? "minute",
    breaker: breaker !== false,
    otherConfig,
    secret: "",
  };
}

/** @returns a slug a title suggests, e.g. "My API" → "my-api" */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** The hosts named, and that of the address. */
export function hostsOf({ hosts, baseUrl }: ConnectionFields): string[] {
  const named = hosts.split(/[\s,]+/).filter((host) => host !== "");
  const own = hostOf(baseUrl.trim());
  return [...new Set(own === undefined ? named : [own, ...named])];
}

/** @returns by field, only where something is wrong */
export function problemsOf(fields: ConnectionFields): FieldProblems {
  const problems: FieldProblems = {};
  const { baseUrl } = connectionLook[fields.kind];
  const address = fields.baseUrl.trim();
  if (fields.title.trim() === "") problems.title = "Give it a name.";
  if (!Slug.safeParse(fields.slug).success)
    problems.slug = "Use lower-case letters, digits and -, starting with a letter.";
  if (baseUrl === "required" && address === "") problems.baseUrl = "Enter the server’s address.";
  if (baseUrl !== "none" && address !== "" && !/^https?:\/\//.test(address))
    problems.baseUrl = "Start with https:// or http://.";
  else if (baseUrl !== "none" && address !== "" && !URL.canParse(address))
    problems.baseUrl = "This is not a complete address.";
  if (fields.kind === "http" && hostsOf(fields).length === 0)
    problems.hosts = "Name at least one host the secret may be sent to.";
  if (fields.maxParallel === "0" || Number(fields.maxParallel) > 1_000)
    problems.maxParallel = "Enter a number from 1 to 1,000, or nothing.";
  if (fields.max === "0" || Number(fields.max) > 1_000_000)
    problems.max = "Enter a number from 1 to 1,000,000, or nothing.";
  return problems;
}

/** What is sent; an empty secret leaves the stored one as it is. */
export function draftOf(workspaceId: string, fields: ConnectionFields): ConnectionDraft {
  const { baseUrl } = connectionLook[fields.kind];
  const header = fields.headerName.trim();
  return {
    workspaceId,
    slug: fields.slug,
    kind: fields.kind,
    title: fields.title.trim(),
    ...(baseUrl !== "none" && fields.baseUrl.trim() !== "" ? { baseUrl: fields.baseUrl.trim() } : {}),
    hosts: baseUrl === "none" ? [] : hostsOf(fields),
    config: {
      ...fields.otherConfig,
      ...(header === "" ? {} : { headerName: header }),
      ...(fields.breaker ? {} : { breaker: false }),
    },
    ...limitsOf(fields),
    ...(fields.secret === "" ? {} : { secret: fields.secret }),
  };
}

function limitsOf({ maxParallel, max, per }: ConnectionFields): Pick<ConnectionDraft, "limits"> {
  if (maxParallel === "" && max === "") return { limits: null };
  return {
    limits: {
      ...(maxParallel === "" ? {} : { maxParallel: Number(maxParallel) }),
      ...(max === "" ? {} : { max: Number(max), per }),
    },
  };
}
