// Speaks to MCP servers: one new client for each use, so that no two callers ever share an answer.
// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
// @ts-types="@modelcontextprotocol/sdk/client/streamableHttp"
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
// @ts-types="@modelcontextprotocol/sdk/client/auth"
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
// @ts-types="@modelcontextprotocol/sdk/types"
import { ErrorCode, McpError, type Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
// @ts-types="@modelcontextprotocol/sdk/validation"
import type { jsonSchemaValidator, JsonSchemaValidatorResult } from "@modelcontextprotocol/sdk/validation";
import { StepError } from "../../src/core/failure.ts";
import { toolHashOf } from "../../src/core/hash.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Tool } from "../../src/core/tool.ts";
import { validateJson } from "../../src/core/validate.ts";
import { retryAfterMs } from "./capabilities/retry-after.ts";
import { sdkFetch } from "./capabilities/sdk-fetch.ts";
import { credentialHeaders, type Connection } from "./connection.ts";
import type { Egress } from "./egress.ts";
import { toEgressError } from "./egress-errors.ts";
import { sha256 } from "./sha256.ts";

const MOST_PAGES = 50;
const GOODBYE_MS = 500;
const LONGEST_NAME = 256;

export interface McpSession {
  client: Client;
  /** Every tool the server offers now, with the hash it has now. */
  tools(): Promise<Tool[]>;
}

/** The SDK's own validators run the server's regular expressions, which have no bound on their time. */
const boundedValidator: jsonSchemaValidator = {
  getValidator<T>(schema: object) {
    const rules = asJson(schema);
    return (input: unknown): JsonSchemaValidatorResult<T> => {
      const { value = null } = asJson({ value: input });
      const answer = validateJson(rules, value);
      if (answer.ok) return { valid: true, data: input as T, errorMessage: undefined };
      const errorMessage = answer.errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
      return { valid: false, data: undefined, errorMessage };
    };
  },
};

/**
 * Opens a session, does the work and closes it, whatever happens.
 * @param timeoutMs for each request of the session
 * @throws StepError by what went wrong; or the signal's reason
 */
export async function withMcp<T>(
  connection: Connection,
  egress: Egress,
  signal: AbortSignal,
  timeoutMs: number,
  work: (session: McpSession) => Promise<T>,
): Promise<T> {
  const { slug, kind, baseUrl } = connection;
  if (kind !== "mcp" || baseUrl === undefined) {
    throw new StepError(
      "auth",
      "connection_invalid",
      `The connection "${slug}" is not an MCP server with an address.`,
      { hint: "Choose a connection of kind mcp and give it an address." },
    );
  }
  const url = egress.checkUrl(baseUrl, true);
  const client = new Client(
    { name: "runboard", version: "1.0.0" },
    { jsonSchemaValidator: boundedValidator },
  );
  const send = sdkFetch(egress, connection, credentialHeaders(connection), signal);
  // The SDK's errors know the status of a refusal and nothing of its headers.
  let wait: number | undefined;
  const transport = new StreamableHTTPClientTransport(url, {
    fetch: async (input, init) => {
      const response = await send(input, init);
      if (!response.ok) wait = retryAfterMs(response.headers.get("retry-after"), Date.now());
      return response;
    },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
  });
  const options = { signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs };
  try {
    // The SDK's own transport class is stricter about optional fields than its interface.
    await client.connect(transport as Parameters<Client["connect"]>[0], options);
    return await work({ client, tools: () => listTools(client, slug, options) });
  } catch (error) {
    throw toMcpError(error, url.host, signal, wait);
  } finally {
    // The work is done: a server that is slow to say goodbye must not turn it into a timeout.
    const goodbye = transport.terminateSession().catch(() => undefined);
    await Promise.race([goodbye, new Promise((done) => setTimeout(done, GOODBYE_MS))]);
    await client.close().catch(() => undefined);
  }
}

async function listTools(
  client: Client,
  connection: string,
  options: Parameters<Client["listTools"]>[1],
): Promise<Tool[]> {
  const found: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor }, options);
    found.push(...answer.tools.map((tool) => describeTool(tool, connection)));
    cursor = answer.nextCursor;
    if (cursor === undefined) return checkNames(found);
  }
  throw new StepError("permanent", "tool_error", "The server's list of tools does not end.", {
    hint: "Ask whoever runs the server.",
  });
}

/** @throws StepError `permanent`/`tool_error` when tools could not be told apart by the names the server gives them */
function checkNames(tools: Tool[]): Tool[] {
  const names = new Set(tools.map(({ name }) => name));
  const usable = [...names].every((name) => name !== "" && name.length <= LONGEST_NAME);
  if (usable && names.size === tools.length) return tools;
  throw new StepError(
    "permanent",
    "tool_error",
    `The server offers tools with equal, empty or overlong names; names have 1 to ${LONGEST_NAME} characters.`,
    { hint: "Ask whoever runs the server." },
  );
}

/** A tool as we keep it: its hash, and what its hints claim a repeat would do. */
export function describeTool(offered: McpTool, connection: string): Tool {
  const { name, description = "", inputSchema, outputSchema } = offered;
  const annotations = offered.annotations ?? {};
  const facts = {
    name,
    description,
    inputSchema: asJson(inputSchema),
    ...(outputSchema === undefined ? {} : { outputSchema: asJson(outputSchema) }),
    annotations: asJson(annotations),
  };
  const effect =
    annotations.readOnlyHint === true
      ? "read"
      : annotations.idempotentHint === true
        ? "idempotent"
        : "at_most_once";
  return {
    ...facts,
    connection,
    title: offered.title ?? annotations.title ?? name,
    effect,
    effectFrom: effect === "at_most_once" ? "default" : "annotation",
    schemaHash: toolHashOf(facts, sha256),
    status: "active",
    seenAt: new Date().toISOString(),
  };
}

/** A deep copy as plain JSON, which is what came over the wire. */
export function asJson(value: object): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(value));
  return copy;
}

function toMcpError(error: unknown, host: string, signal: AbortSignal, wait: number | undefined): unknown {
  if (error instanceof StepError || signal.aborted) return toEgressError(error, host, signal);
  if (error instanceof UnauthorizedError) return unauthorised(host);
  if (error instanceof StreamableHTTPError) return httpFailure(error.code ?? 0, host, error, wait);
  if (!(error instanceof McpError)) return toEgressError(error, host, signal);
  const detail: Json = { rpcCode: error.code };
  const fact = { detail, snippet: error.message, cause: error };
  if (error.code === ErrorCode.RequestTimeout)
    return new StepError("timeout", "timeout", `${host} did not answer in time.`, {
      ...fact,
      hint: "It is retried.",
    });
  if (error.code === ErrorCode.ConnectionClosed) {
    return new StepError("transient", "network", `${host} closed the connection before it answered.`, {
      ...fact,
      hint: "It is retried.",
    });
  }
  if (error.code === ErrorCode.InternalError)
    return new StepError("transient", "http_5xx", `${host} reported an internal error.`, {
      ...fact,
      hint: "It is retried.",
    });
  if (/output schema|structured content/i.test(error.message)) {
    return new StepError(
      "validation",
      "output_invalid",
      `${host} sent a result that does not fit the tool's own schema.`,
      { ...fact, hint: "Ask whoever runs the server." },
    );
  }
  return new StepError("permanent", "tool_error", `${host} refused the call: ${error.message}`, {
    ...fact,
    hint: "Check the inputs of this node.",
  });
}

function httpFailure(status: number, host: string, cause: Error, wait: number | undefined): StepError {
  if (status === 401 || status === 403) return unauthorised(host);
  const facts = { snippet: cause.message, cause, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  if (status === 429)
    return new StepError("rate_limited", "http_429", `${host} answered 429: too many requests.`, {
      ...facts,
      hint: "It is retried.",
    });
  if (status >= 500 || status === 408 || status === 425)
    return new StepError("transient", "http_5xx", `${host} answered ${status}, which is usually temporary.`, {
      ...facts,
      hint: "It is retried.",
    });
  return new StepError(
    "permanent",
    "http_4xx",
    `${host} did not answer as an MCP server does${status > 0 ? ` (${status})` : ""}.`,
    { ...facts, hint: "Check the address of the connection." },
  );
}

function unauthorised(host: string): StepError {
  return new StepError("auth", "connection_invalid", `${host} refused the credential of this connection.`, {
    hint: "Enter a valid secret in the connection, then retry.",
  });
}
