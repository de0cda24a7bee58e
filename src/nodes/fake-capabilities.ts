// Capabilities with state instead of a network, for tests and dry runs of single nodes.
import type {
  Capabilities,
  HttpRequest,
  HttpResponse,
  LlmRequest,
  LlmResponse,
  McpCall,
  McpResult,
} from "../core/capabilities.ts";
import { evaluateExpression, renderTemplate, resolveBinding } from "../core/expression.ts";
import type { JsonObject } from "../core/json.ts";

export interface FakeWorld {
  scope: JsonObject;
  http: (request: HttpRequest) => HttpResponse;
  llm: (request: LlmRequest) => LlmResponse;
  mcp: (call: McpCall) => McpResult;
  tries: number;
  now: number;
}

/** What the node did, in the order it did it. */
export interface Deed {
  kind: "http" | "llm" | "mcp" | "artifact" | "log";
  what: unknown;
}

const neutral: FakeWorld = {
  scope: {},
  http: () => ({ status: 200, headers: {}, body: null }),
  llm: ({ model }) => ({
    text: "",
    provider: "sandbox",
    model,
    tokensIn: 0,
    tokensOut: 0,
    costUsd: null,
    sandbox: true,
  }),
  mcp: () => ({ result: null, content: [] }),
  tries: 1,
  now: 0,
};

export function fakeCapabilities(given: Partial<FakeWorld> = {}): { can: Capabilities; deeds: Deed[] } {
  const world = { ...neutral, ...given };
  const deeds: Deed[] = [];
  const can: Capabilities = {
    async http(request) {
      deeds.push({ kind: "http", what: request });
      return world.http(request);
    },
    async llm(request) {
      deeds.push({ kind: "llm", what: request });
      return world.llm(request);
    },
    async mcp(call) {
      deeds.push({ kind: "mcp", what: call });
      return world.mcp(call);
    },
    async artifact(draft) {
      deeds.push({ kind: "artifact", what: draft });
      return { ...draft, bytes: draft.body?.length ?? 0, sha256: "0".repeat(64) };
    },
    evaluate: (expression, extra) => evaluateExpression(expression, { ...world.scope, ...extra }),
    resolve: (binding, extra) => resolveBinding(binding, { ...world.scope, ...extra }),
    render: (template, extra) => renderTemplate(template, { ...world.scope, ...extra }),
    progress: () => {},
    log: (level, text) => void deeds.push({ kind: "log", what: { level, text } }),
    idempotencyKey: (call) => call.toString(16).padStart(64, "0"),
    now: () => world.now,
    tries: world.tries,
    run: { id: "00000000-0000-4000-8000-000000000000", mode: "live", startedAt: null },
  };
  return { can, deeds };
}
