import { z } from "zod";
import { StepError } from "../core/failure.ts";
import { Json, JsonObject, Slug, type Schema } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { isExpected, StatusRule } from "../core/status-rule.ts";
import type { HttpResponse } from "../core/capabilities.ts";

/** Says what an unexpected status means for retrying: see RFC 9110 for 408, 425, 429 and Retry-After. */
function statusFailure({ status, retryAfterMs, body }: HttpResponse): StepError {
  const snippet = (typeof body === "string" ? body : JSON.stringify(body)).slice(0, 500);
  const facts = { snippet, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const said = `The server answered ${status}`;
  if (status === 429)
    return new StepError("rate_limited", "http_429", `${said}: too many requests.`, {
      ...facts,
      hint: "The step's policy retries it, no sooner than the server asks for. Lower the rate if this keeps happening.",
    });
  if (status >= 500 || status === 408 || status === 425)
    return new StepError("transient", "http_5xx", `${said}, which is usually temporary.`, {
      ...facts,
      hint: "The step's policy retries it. If it keeps failing, look at the server's own logs, then press Retry.",
    });
  if (status === 401 || status === 403)
    return new StepError(
      "auth",
      "forbidden",
      `${said}: the credential is missing, wrong or not allowed to do this.`,
      {
        ...facts,
        hint: "Check the connection of this node, then retry.",
      },
    );
  return new StepError("permanent", "http_4xx", `${said}, which is not one of the expected statuses.`, {
    ...facts,
    hint: "Check the URL and the inputs, or add this status to the expected ones.",
  });
}

export default defineNode({
  kind: "http-request",
  title: "HTTP request",
  summary: "Calls a web API and returns its status, headers and body.",
  icon: "globe",
  category: "tool",
  config: z.strictObject({
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
    connection: Slug.optional(),
    bodyType: z.enum(["json", "form", "text"]).default("json"),
    okStatus: z.array(StatusRule).min(1).default(["2xx"]),
    responseSchema: JsonObject.optional(),
    redirects: z.int().min(0).max(10).default(5),
  }),
  inputs: {
    url: z.url({ protocol: /^https?$/ }),
    query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: Json.optional(),
  },
  outputs: { status: z.int(), headers: z.record(z.string(), z.string()), body: Json },
  form: {
    method: { label: "Method", widget: "select" },
    url: { label: "URL", widget: "template", placeholder: "https://api.example.com/items/{{ input.id }}" },
    query: { label: "Query parameters", widget: "key-value" },
    headers: { label: "Headers", widget: "key-value" },
    body: { label: "Body", widget: "json" },
    connection: {
      label: "Connection",
      widget: "connection",
      help: "Its credential is sent only to the hosts the connection lists.",
    },
    bodyType: { label: "Body format", widget: "select", advanced: true },
    okStatus: {
      label: "Expected statuses",
      widget: "tags",
      help: "Any other status fails the step. Use 2xx for a whole class.",
      advanced: true,
    },
    responseSchema: {
      label: "Response schema",
      widget: "schema",
      help: "JSON Schema of the body. Later steps are checked against it.",
      advanced: true,
    },
    redirects: { label: "Redirects followed", widget: "number", advanced: true },
  },
  effect: ({ method }) => (method === "GET" || method === "HEAD" ? "read" : "idempotent"),
  ports: ({ responseSchema }, fixed) => {
    const schema: Schema = { ...responseSchema, "x-labels": ["untrusted"] };
    return { ...fixed, outputs: { ...fixed.outputs, body: { required: true, schema } } };
  },
  fact: ({ method }, { url }) => {
    const text =
      url === undefined ? "" : "literal" in url ? String(url.literal) : "template" in url ? url.template : "";
    const host = /^https?:\/\/([^/?#]+)/.exec(text)?.[1];
    return host === undefined ? method : `${method} ${host}`;
  },
  connections: ({ connection }) => (connection === undefined ? [] : [connection]),
  sample: { config: { method: "GET" }, inputs: { url: "https://example.com/" } },
  async run({ config, input, can }) {
    const response = await can.http({
      method: config.method,
      url: input.url,
      connection: config.connection,
      query: input.query,
      headers: input.headers,
      body: input.body,
      bodyType: config.bodyType,
      redirects: config.redirects,
    });
    if (!isExpected(response.status, config.okStatus)) throw statusFailure(response);
    return { status: response.status, headers: response.headers, body: response.body };
  },
});
