// What tests of triggers do over and over: publish a workflow with one, move the engine's clock, and let a worker look.
import type postgres from "postgres";
import { fireTriggers } from "../../edge-functions/_shared/fire-triggers.ts";
import type { BlobStore } from "../../edge-functions/_shared/blob-store.ts";
import { connectEngine, createEngine } from "../../edge-functions/_shared/engine.ts";
import { createTriggerEngine, type TriggerEngine } from "../../edge-functions/_shared/trigger-engine.ts";
import type { TestDatabase } from "../database.ts";
import { openEngineScene, type EngineScene } from "./engine-scene.ts";

const at = { x: 0, y: 0 };
const text = { type: "object", properties: { note: { type: "string" } } };

/** A store in memory. */
export function memoryBlobs(): Pick<BlobStore, "put" | "get"> & {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
} {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    files,
    async put(path, bytes) {
      files.set(path, bytes);
    },
    async get(path) {
      return files.get(path) ?? new Uint8Array();
    },
  };
}

/** A canvas whose one step takes what the trigger gives. */
export function triggered(kind: string, config: object, more: object = {}): object {
  return {
    input: text,
    output: { note: { ref: "steps.keep.output.value" } },
    nodes: [
      { id: "t", key: "begin", kind, config, position: at },
      {
        id: "k",
        key: "keep",
        kind: "transform",
        config: { fields: { note: { ref: "input.note?" } } },
        position: at,
      },
    ],
    edges: [{ id: "e", source: "t", sourcePort: "input", target: "k" }],
    ...more,
  };
}

export interface TriggerScene extends EngineScene {
  readonly triggers: TriggerEngine;
  readonly blobs: ReturnType<typeof memoryBlobs>;
  /** Sets the engine's clock for every connection opened from now on, and so for every further look. */
  clock(offset: string): Promise<void>;
  /** Sweeps and fires what is due, as a worker does between steps; returns how many runs were started. */
  look(): Promise<number>;
  /** Closes every live run, as if its steps had run. */
  endRuns(status: "succeeded" | "failed"): Promise<void>;
  runs(): Promise<postgres.Row[]>;
  firings(): Promise<postgres.Row[]>;
  /** The secret part of the webhook's address. */
  path(): Promise<string>;
}

/** @param given as for {@link openEngineScene} */
export async function openTriggerScene(given?: TestDatabase): Promise<TriggerScene> {
  const scene = await openEngineScene(given);
  const blobs = memoryBlobs();
  const { sql } = scene.db;
  const setClock = (offset: string) =>
    sql.unsafe(
      `alter database ${new URL(scene.db.url).pathname.slice(1)} set engine.clock_offset = '${offset}'`,
    );
  let pool = connectEngine(scene.db.engineUrl, 2);
  return {
    ...scene,
    blobs,
    get triggers() {
      return createTriggerEngine(pool);
    },
    async clock(offset) {
      await setClock(offset);
      await pool.end();
      pool = connectEngine(scene.db.engineUrl, 2);
    },
    async look() {
      await createEngine(pool).sweep();
      return await fireTriggers(createTriggerEngine(pool), blobs);
    },
    async endRuns(status) {
      await sql.begin(async (tx) => {
        if (status === "failed")
          await tx`update public.runs set error = '{"class": "permanent", "code": "boom", "message": "It broke."}' where finished_at is null`;
        const live =
          await tx`select id from public.runs where finished_at is null order by id for no key update`;
        const ids = live.map((run) => run["id"]);
        if (status === "failed") await tx`select engine.cancel_steps(id) from unnest(${ids}::uuid[]) as id`;
        else
          await tx`update public.runs set status = 'running', last_move = 'run.started', started_at = engine.now() where id = any (${ids}) and status = 'queued'`;
        await tx`select engine.close_runs(${ids}::uuid[], ${status})`;
      });
    },
    async runs() {
      return await sql`
        select run.*, payload.input, workflow.slug from public.runs as run join public.run_payloads as payload on payload.run_id = run.id
        join public.workflows as workflow on workflow.id = run.workflow_id order by run.created_at, run.id`;
    },
    async firings() {
      return await sql`select * from public.firings order by id`;
    },
    async path() {
      const [row] = await sql`select path from public.hook_paths`;
      return row?.["path"] ?? "";
    },
    async close() {
      await pool.end();
      await scene.close();
    },
  };
}
