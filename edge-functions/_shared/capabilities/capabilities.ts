// Puts together what a running node may touch.
import type { Capabilities } from "../../../src/core/capabilities.ts";
import { canonicalJson } from "../../../src/core/canonical.ts";
import { StepError } from "../../../src/core/failure.ts";
import { evaluateExpression, renderTemplate, resolveBinding } from "../../../src/core/expression.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { BlobStore } from "../blob-store.ts";
import type { CheckMeans } from "../checks/check.ts";
import type { Breakers } from "../breakers.ts";
import { openConnection, type Connection, type StoredConnection } from "../connection.ts";
import type { Egress } from "../egress.ts";
import type { CapabilityContext } from "../execute-step.ts";
import { sha256 } from "../sha256.ts";
import { keepArtifact } from "./artifact.ts";
import { watchCalls } from "./watch-calls.ts";
import { callHttp } from "./http.ts";
import { callModel } from "./llm.ts";
import { callTool } from "./mcp.ts";
import type { Outside } from "./outside.ts";

/** What every step of this process shares. */
export interface Installation {
  egress: Egress;
  blobs: BlobStore;
  breakers: Breakers;
  vaultKey(): string;
  getConnection(workspaceId: string, slug: string): Promise<StoredConnection | null>;
  /** Rows of one read-only query over a workspace; see `Engine.queryRows`. */
  queryRows(workspaceId: string, query: string, params: JsonObject): Promise<Json[]>;
}

/** The capabilities of one attempt. Connections are read at each use, so a deleted one stops working at once. */
export function createCapabilities(context: CapabilityContext, installation: Installation): Capabilities {
  const { step, scope, record } = context;
  const { blobs } = installation;
  const idempotencyKey = (call: number) =>
    sha256(canonicalJson([step.keyRun, step.stepKey, step.itemPath, call]));
  const outside = outsideOf(context, installation, idempotencyKey);
  const startedAt = readStartedAt(scope.run);
  const counts = { http: 0, mcp: 0 };
  return {
    http: (request) => callHttp(request, ++counts.http, outside),
    mcp: (call) => callTool(call, ++counts.mcp, outside),
    llm: (request) => callModel(request, step.mode, outside),
    artifact: (draft) => keepArtifact(draft, step, record, blobs),
    evaluate: (expression, extra = {}) => evaluateExpression(expression, { ...scope, ...extra }),
    resolve: (binding, extra = {}) => resolveBinding(binding, { ...scope, ...extra }),
    render: (template, extra = {}) => renderTemplate(template, { ...scope, ...extra }),
    progress: (done, total) =>
      record.write("debug", total === undefined ? `progress ${done}` : `progress ${done} of ${total}`),
    log: (level, text) => record.write(level, text),
    idempotencyKey,
    now: () => Date.now(),
    tries: step.tries,
    run: { id: step.runId, mode: step.mode, startedAt },
  };
}

/** What the check of that name reaches. Its calls have their own keys: the work's are counted from 1 in every attempt. */
export function createCheckMeans(
  context: CapabilityContext,
  check: string,
  installation: Installation,
): CheckMeans {
  const { step, signal } = context;
  const idempotencyKey = (call: number) =>
    sha256(canonicalJson([step.keyRun, step.stepKey, step.itemPath, `check:${check}`, call]));
  const outside = outsideOf(context, installation, idempotencyKey);
  let calls = 0;
  return {
    http: (request) => callHttp(request, ++calls, outside),
    llm: (request) => callModel(request, step.mode, outside),
    rows: (query, params) => installation.queryRows(step.workspaceId, query, params),
    file: (path) => installation.blobs.get(path),
    signal,
  };
}

function outsideOf(
  { step, record, signal, mayStart, afford, hasBegun }: CapabilityContext,
  { egress, breakers, vaultKey, getConnection }: Installation,
  idempotencyKey: (call: number) => string,
): Outside {
  const connection = async (slug: string): Promise<Connection> => {
    const place = { workspaceId: step.workspaceId, slug };
    const stored = await getConnection(step.workspaceId, slug).catch((cause: unknown) => {
      throw engineAway(cause);
    });
    return await openConnection(stored, place, vaultKey, record.redactor);
  };
  return {
    egress,
    log: watchCalls(record.log, breakers, step.workspaceId),
    signal,
    timeoutMs: step.timeoutMs,
    connection,
    mayStart,
    afford,
    async reach(host, connection) {
      if (connection?.config.breaker !== false && !hasBegun()) await breakers.pass(step.workspaceId, host);
    },
    idempotencyKey,
  };
}

/** The database's own words may name addresses that are nobody's business. */
function engineAway(cause: unknown): StepError {
  return new StepError(
    "transient",
    "engine_away",
    "The connection could not be read: the database did not answer.",
    {
      hint: "It is retried.",
      cause,
    },
  );
}

function readStartedAt(run: unknown): string | null {
  if (typeof run !== "object" || run === null || !("startedAt" in run)) return null;
  return typeof run.startedAt === "string" ? run.startedAt : null;
}
