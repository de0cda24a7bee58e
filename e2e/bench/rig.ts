// What the engine's measurements run on: a durable Postgres of their own and the real worker function in Deno.
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { applyBootstrap, setRolePasswords } from "../../supabase/embedded/bootstrap.ts";
import { SIDE_BY_SIDE } from "../../supabase/embedded/function-env.ts";
import { startFunctionProcess } from "../../supabase/embedded/function-process.ts";
import { startPostgres } from "../../supabase/embedded/postgres.ts";
import { startWake } from "../../supabase/embedded/wake.ts";
import { type Stage, setStage } from "../engine/stage.ts";
import { applySchemas } from "../schema-files.ts";

const root = join(import.meta.dirname, "../..");

export interface BenchWorker {
  /** Ends it as `kill -9` does; resolves when the host has started the next one and it listens. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface Rig {
  /** Superuser connections. */
  readonly sql: postgres.Sql;
  readonly url: string;
  readonly stage: Stage;
  /** Starts the `run-steps` function in Deno, woken as the embedded host wakes it. */
  startWorker(): Promise<BenchWorker>;
  stop(): Promise<void>;
}

/** `synchronous_commit` and `fsync` are on, events and broadcast too. */
export async function openRig(settings: readonly string[] = []): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "runboard-bench-"));
  const database = await startPostgres({ dir: join(folder, "data"), password: randomUUID(), settings });
  await applyBootstrap(database.url);
  await applySchemas(database.url);
  const password = randomUUID();
  await setRolePasswords(database.url, { runboard_engine: password });
  const sql = postgres(database.url, { max: 8, onnotice: () => {} });
  const stage = await setStage(sql);
  const engineUrl = new URL(database.url);
  engineUrl.username = "runboard_engine";
  engineUrl.password = password;

  async function startWorker(): Promise<BenchWorker> {
    const workerSecret = randomBytes(24).toString("base64url");
    const worker = startFunctionProcess({
      group: "worker",
      functions: [
        { name: "run-steps", entrypoint: join(root, "edge-functions/run-steps/index.ts"), verifyJwt: false },
      ],
      denoConfig: join(root, "edge-functions/deno.json"),
      root,
      cacheDir: join(folder, "deno"),
      env: {
        RUNBOARD_ENGINE_DB_URL: engineUrl.href,
        RUNBOARD_WORKER_SECRET: workerSecret,
        // Files and other services are not reached here; the settings must only exist.
        SUPABASE_URL: "http://127.0.0.1:9",
        RUNBOARD_SECRET_KEY: randomUUID(),
        RUNBOARD_VAULT_KEY: randomBytes(32).toString("base64"),
        RUNBOARD_WORKER_CONCURRENCY: process.env["RUNBOARD_WORKER_CONCURRENCY"] ?? String(SIDE_BY_SIDE),
        RUNBOARD_DATABASE_CORES: String(availableParallelism()),
        RUNBOARD_WALL_MS: "0",
        RUNBOARD_ALLOW_PRIVATE: "127.0.0.1",
        RUNBOARD_WORKER_LISTENS: "1",
      },
      onLog: (text) => process.stderr.write(text),
    });
    if ((await worker.port()) === undefined) throw new Error("The worker function did not start.");
    const wake = await startWake({
      databaseUrl: database.url,
      workerPort: () => worker.port(),
      workerSecret,
    });
    return {
      async crash() {
        await worker.kill();
        await worker.port();
      },
      async stop() {
        await wake.stop();
        await worker.stop();
      },
    };
  }
  async function stop(): Promise<void> {
    await sql.end({ timeout: 1 });
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { sql, url: database.url, stage, startWorker, stop };
}
