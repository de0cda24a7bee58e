// The only caller of the engine's SQL functions.
import postgres from "postgres";
import { z } from "zod";
import type { CanvasDoc } from "../../src/core/canvas.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Surroundings } from "../../src/core/node.ts";
import type { Plan } from "../../src/core/plan.ts";
import { reconnectPause } from "../../src/core/reconnect-pause.ts";
import type { Tool } from "../../src/core/tool.ts";
import {
  type AheadReport,
  BudgetName,
  ClaimedStep,
  ReportAnswer,
  type StepReport,
  shareRows,
} from "../../src/core/worker.ts";
import type { BrokenHost, CallCount } from "./breakers.ts";
import { StoredConnection } from "./connection.ts";
import { BrokenHosts, HostAnswer, Idle, Published, Swept } from "./engine-answers.ts";
import { env, needEnv } from "./env.ts";
import { queryRows } from "./query-rows.ts";
import type { SealedSecret } from "./vault.ts";

/** Names one attempt: what a lease is held for. */
export type Attempt = Pick<ClaimedStep, "runId" | "stepKey" | "itemPath" | "attempt">;

const Beat = z.object({
  runId: z.string(),
  stepKey: z.string(),
  itemPath: z.array(z.int()),
  attempt: z.int(),
  held: z.boolean(),
  /** False where the run was busy: the lease is still ours, and as old as it was. */
  renewed: z.boolean(),
  cancelRequested: z.boolean(),
});
export type Beat = z.infer<typeof Beat>;

const Reserved = z.object({
  granted: z.boolean(),
  /** Absent when it was refused because the attempt is no longer ours. */
  budget: BudgetName.optional(),
  amount: z.number().optional(),
  until: z.string().optional(),
});
export type Reserved = z.infer<typeof Reserved>;

/** What an attempt has used so far and may use next, in all. */
export interface Spending {
  tokens: number;
  costUsd: number;
  calls: number;
}

export interface NewVersion {
  userId: string;
  workflowId: string;
  graph: CanvasDoc;
  plan: Plan;
  name: string | null;
  channel: "published" | "test";
}

/** The engine as the worker and the publishing functions see it. Every method is one statement, and one transaction. */
export interface Engine {
  claimSteps(worker: string, limit: number, leaseMs: number): Promise<ClaimedStep[]>;
  reportSteps(worker: string, reports: StepReport[], claim: number, leaseMs: number): Promise<ReportAnswer>;
  heartbeat(worker: string, leases: Attempt[], leaseMs: number): Promise<Beat[]>;
  /** Commits the start marker; false when the attempt is no longer ours. */
  markStarted(attempt: Attempt): Promise<boolean>;
  /**
   * Records what was done of a map's body while its split is under way.
   * @param total items of the map; false when the attempt is no longer ours or the run is to end
   */
  recordAhead(
    worker: string,
    attempt: Attempt,
    total: number,
    ahead: readonly AheadReport[],
  ): Promise<boolean>;
  /** Holds a part of the run's budgets for the attempt, instead of what it held before. */
  reserveBudget(attempt: Attempt, wanted: Spending): Promise<Reserved>;
  /** Counts calls by how they ended. Returns all hosts that are not to be called without asking. */
  noteCalls(calls: CallCount[]): Promise<BrokenHost[]>;
  askHost(workspaceId: string, host: string): Promise<z.infer<typeof HostAnswer>>;
  sweep(): Promise<z.infer<typeof Swept>>;
  takeFileRemovals(limit: number): Promise<string[]>;
  filesRemoved(paths: string[]): Promise<number>;
  /** Asks to be woken when there is something to claim. `atWork`: steps are under way, but there is room for more. */
  workerIdle(worker: string, atWork: boolean): Promise<z.infer<typeof Idle>>;
  publishVersion(version: NewVersion): Promise<z.infer<typeof Published>>;
  surroundings(userId: string, workspaceId: string): Promise<Surroundings>;
  getConnection(workspaceId: string, slug: string): Promise<StoredConnection | null>;
  /** `secret` null leaves the stored one as it is. Returns the row without it. */
  putConnection(
    userId: string,
    workspaceId: string,
    connection: object,
    secret: SealedSecret | null,
  ): Promise<unknown>;
  putTools(userId: string, workspaceId: string, connection: string, tools: Tool[]): Promise<unknown>;
  /**
   * Rows of one select over what a workspace may see of its runs, read as a role that can do nothing else.
   * @throws StepError `validation`/`query_refused`|`query_failed`, `timeout`/`query_slow`, `transient`/`engine_away`
   */
  queryRows(workspaceId: string, query: string, params: JsonObject): Promise<Json[]>;
}

let pool: postgres.Sql | undefined;
let shared: Engine | undefined;

/** One pool of connections for the life of the process, as the role `runboard_engine`. */
export function openPool(): postgres.Sql {
  pool ??= connectEngine(needEnv("RUNBOARD_ENGINE_DB_URL"), env().RUNBOARD_ENGINE_DB_POOL);
  return pool;
}

/** The engine over that pool. */
export function openEngine(): Engine {
  shared ??= createEngine(openPool());
  return shared;
}

/**
 * Prepared statements are used unless the address is a transaction pooler's (port 6543) or says `prepare=false`.
 * @param pool most connections at once
 */
export function connectEngine(
  address: string,
  pool: number,
  more: postgres.Options<Record<string, postgres.PostgresType>> = {},
): postgres.Sql {
  const url = new URL(address);
  const prepare = keepsSessions(url);
  url.searchParams.delete("prepare");
  return postgres(url.href, {
    max: Math.max(pool, 1),
    prepare,
    fetch_types: false,
    idle_timeout: 60,
    connect_timeout: 10,
    backoff: (tries) => reconnectPause(tries, Math.random()),
    onnotice: () => undefined,
    connection: { application_name: "runboard worker" },
    ...more,
  });
}

/** False for a transaction pooler, whose sessions outlive their clients. */
export function keepsSessions(url: URL): boolean {
  return url.port !== "6543" && url.searchParams.get("prepare") !== "false";
}

/** @param sql a pool that may execute the functions of schema `engine` */
export function createEngine(sql: postgres.Sql): Engine {
  const json = (value: unknown) => JSON.stringify(value);
  // The last row, not the first: after a connection broke in the middle of an answer, a driver without our patch (docs/adr/0023), as on a hosted
  // project, begins the next one with holes.
  const one = async (query: Promise<readonly postgres.Row[]>): Promise<unknown> =>
    (await query).at(-1)?.["answer"];
  return {
    async claimSteps(worker, limit, leaseMs) {
      const answer = await one(sql`select engine.claim_steps(${worker}, ${limit}, ${leaseMs}) as answer`);
      return shareRows(z.array(ClaimedStep).parse(answer));
    },
    async reportSteps(worker, reports, claim, leaseMs) {
      const answer = await one(
        sql`select engine.report_steps(${worker}, ${json(reports)}::text::jsonb, ${claim}, ${leaseMs}) as answer`,
      );
      const { results, claimed } = ReportAnswer.parse(answer);
      return { results, claimed: shareRows(claimed) };
    },
    async heartbeat(worker, leases, leaseMs) {
      const answer = await one(
        sql`select engine.heartbeat(${worker}, ${json(leases)}::text::jsonb, ${leaseMs}) as answer`,
      );
      return z.array(Beat).parse(answer);
    },
    async markStarted({ runId, stepKey, itemPath, attempt }) {
      const path = `{${itemPath.join(",")}}`;
      const answer = await one(
        sql`select engine.mark_started(${runId}::text::uuid, ${stepKey}, ${path}::text::int[], ${attempt}) as answer`,
      );
      return z.boolean().parse(answer);
    },
    async recordAhead(worker, { runId, stepKey, itemPath, attempt }, total, ahead) {
      const path = `{${itemPath.join(",")}}`;
      const answer = await one(
        sql`select engine.record_ahead(${worker}, ${runId}::text::uuid, ${stepKey}, ${path}::text::int[], ${attempt},
          ${total}, ${json(ahead)}::text::jsonb) as answer`,
      );
      return z.boolean().parse(answer);
    },
    async reserveBudget({ runId, stepKey, itemPath, attempt }, wanted) {
      const path = `{${itemPath.join(",")}}`;
      const answer = await one(
        sql`select engine.reserve_budget(${runId}::text::uuid, ${stepKey}, ${path}::text::int[], ${attempt},
              ${json(wanted)}::text::jsonb) as answer`,
      );
      return Reserved.parse(answer);
    },
    async noteCalls(calls) {
      return BrokenHosts.parse(
        await one(sql`select engine.note_calls(${json(calls)}::text::jsonb) as answer`),
      );
    },
    async askHost(workspaceId, host) {
      const answer = await one(sql`select engine.ask_host(${workspaceId}::text::uuid, ${host}) as answer`);
      return HostAnswer.parse(answer);
    },
    async sweep() {
      return Swept.parse(await one(sql`select engine.sweep() as answer`));
    },
    async takeFileRemovals(limit) {
      const answer = await one(sql`select to_json(engine.take_file_removals(${limit})) as answer`);
      return z.array(z.string()).parse(answer);
    },
    async filesRemoved(paths) {
      const answer = await one(
        sql`select engine.files_removed(array(select jsonb_array_elements_text(${json(paths)}::text::jsonb))) as answer`,
      );
      return z.int().parse(answer);
    },
    async workerIdle(worker, atWork) {
      return Idle.parse(await one(sql`select engine.worker_idle(${worker}, ${atWork}) as answer`));
    },
    async publishVersion({ userId, workflowId, graph, plan, name, channel }) {
      const answer = await one(
        sql`select engine.publish_version(${userId}::text::uuid, ${workflowId}::text::uuid, ${json(graph)}::text::jsonb,
              ${json(plan)}::text::jsonb, ${plan.planHash}, ${name}, ${channel}) as answer`,
      );
      return Published.parse(answer);
    },
    async surroundings(userId, workspaceId) {
      const answer = await one(
        sql`select engine.surroundings(${userId}::text::uuid, ${workspaceId}::text::uuid) as answer`,
      );
      // Rows of our own tables: their shape is pinned by the SQL tests.
      return answer as Surroundings;
    },
    async getConnection(workspaceId, slug) {
      const answer = await one(
        sql`select engine.get_connection(${workspaceId}::text::uuid, ${slug}) as answer`,
      );
      return StoredConnection.nullable().parse(answer ?? null);
    },
    async putConnection(userId, workspaceId, connection, secret) {
      const sealed = secret === null ? null : json(secret);
      return await one(
        sql`select engine.put_connection(${userId}::text::uuid, ${workspaceId}::text::uuid,
              ${json(connection)}::text::jsonb, ${sealed}::text::jsonb) as answer`,
      );
    },
    async putTools(userId, workspaceId, connection, tools) {
      return await one(
        sql`select engine.put_tools(${userId}::text::uuid, ${workspaceId}::text::uuid, ${connection},
              ${json(tools)}::text::jsonb) as answer`,
      );
    },
    queryRows: (workspaceId, query, params) => queryRows(sql, workspaceId, query, params),
  };
}
