// A durable Postgres of its own (fsync on) that can be cut from power and comes back on the same port.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { applyBootstrap, setRolePasswords } from "../../supabase/embedded/bootstrap.ts";
import { startPostgres } from "../../supabase/embedded/postgres.ts";
import { applySchemas } from "../schema-files.ts";

export interface Cluster {
  readonly port: number;
  /** Superuser URL, not through a proxy. */
  readonly url: string;
  /** Superuser connections; they come back by themselves after a power cut. */
  readonly sql: postgres.Sql;
  /** Login of the workers' role, on this port of loopback. */
  engineUrl(port: number): string;
  /** Ends the server without a checkpoint and starts it again, so many milliseconds later; resolves when it answers. */
  powerCut(awayMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param settings further server settings, as `name=value` */
export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "runboard-chaos-"));
  const dir = join(folder, "data");
  const password = randomUUID();
  let server = await startPostgres({ dir, password, settings });
  const { port, url } = server;
  await applyBootstrap(url);
  await applySchemas(url);
  await setRolePasswords(url, { runboard_engine: password });
  const sql = postgres(url, { max: 6, onnotice: () => {}, connect_timeout: 5 });
  return {
    port,
    url,
    sql,
    engineUrl: (at) => `postgres://runboard_engine:${password}@127.0.0.1:${at}/postgres`,
    async powerCut(awayMs = 0) {
      await server.kill();
      await new Promise((done) => setTimeout(done, awayMs));
      server = await startPostgres({ dir, password, settings, port });
      if (server.port !== port) throw new Error("The database's port was taken while it was away.");
    },
    async stop() {
      await sql.end({ timeout: 1 });
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Tries until the database answers again: for reads and moves of the rig itself, which faults must not end. */
export async function persist<T>(work: () => Promise<T>, forMs = 60_000): Promise<T> {
  for (const until = performance.now() + forMs; ;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > until || !isOutage(error)) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** The connection or the server went away, as against: the statement was refused. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /^(08|57P|40|57014|CONNECTION_|CONNECT_|ECONN|EPIPE)/.test(error.code);
}
