// A database with one editor and one workspace, and the few moves tests of the worker make on it.
import type postgres from "postgres";
import { CanvasDoc } from "../../src/core/canvas.ts";
import { compile } from "../../src/core/compile.ts";
import { registry } from "../../src/nodes/registry.gen.ts";
import { connectEngine, createEngine, type Engine } from "../../edge-functions/_shared/engine.ts";
import { sha256 } from "../../edge-functions/_shared/sha256.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

export interface EngineScene {
  readonly db: TestDatabase;
  readonly engine: Engine;
  readonly userId: string;
  readonly workspaceId: string;
  /** Publishes a document as a workflow of its own, as the function does; returns its id. */
  publish(slug: string, doc: object): Promise<string>;
  /** Returns the run's id. */
  start(workflowId: string, input: object): Promise<string>;
  /** The run with its output, once it has ended. */
  ended(runId: string): Promise<postgres.Row | undefined>;
  close(): Promise<void>;
}

/** @param given a database that is dropped with the scene; without one, a fresh one of the test run */
export async function openEngineScene(given?: TestDatabase): Promise<EngineScene> {
  const db = given ?? (await createTestDatabase());
  const pool = connectEngine(db.engineUrl, 4);
  const engine = createEngine(pool);
  const userId = await db.createUser("worker@example.com");
  const me = db.asUser(userId);
  const [made] = await me<{ id: string }[]>`select (public.create_workspace('Works')).id as id`;
  const workspaceId = made?.id ?? "";
  return {
    db,
    engine,
    userId,
    workspaceId,
    async publish(slug, doc) {
      const parsed = CanvasDoc.parse({ schemaVersion: 1, edges: [], ...doc });
      const [workflow] = await me<{ id: string }[]>`
        select (public.create_workflow(${workspaceId}, ${slug}, ${slug}, '', ${JSON.stringify(parsed)}::text::jsonb)).id as id`;
      const workflowId = workflow?.id ?? "";
      const around = await engine.surroundings(userId, workspaceId);
      const { plan, diagnostics } = compile(parsed, registry, around, { title: slug, sha256 });
      if (plan === null) throw new Error(JSON.stringify(diagnostics));
      await engine.publishVersion({
        userId,
        workflowId,
        graph: parsed,
        plan,
        name: null,
        channel: "published",
      });
      return workflowId;
    },
    async start(workflowId, input) {
      const [answer] = await me<{ run: { run_id: string } }[]>`
        select public.start_run(${workflowId}, ${JSON.stringify(input)}::text::jsonb) as run`;
      return answer?.run.run_id ?? "";
    },
    async ended(runId) {
      const [run] = await db.sql`
        select status, error, output from public.runs join public.run_payloads on run_id = id
        where id = ${runId} and status in ('succeeded', 'failed', 'cancelled')`;
      return run;
    },
    async close() {
      await pool.end();
      await db.drop();
    },
  };
}
