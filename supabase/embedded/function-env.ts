import { availableParallelism } from "node:os";
import type { Database } from "./database.ts";
import type { Secrets } from "./secrets.ts";

/** Settings of the worker that an operator may give the host's environment. */
const PASSED_ON = [
  "RUNBOARD_DATABASE_CORES",
  "RUNBOARD_ENGINE_DB_POOL",
  "RUNBOARD_HOOKS_PER_MINUTE",
  "RUNBOARD_LEASE_MS",
  "RUNBOARD_WALL_MS",
  "RUNBOARD_WORKER_CONCURRENCY",
];

/** Steps that the one worker here has side by side, unless its operator says otherwise: what it does is mostly waiting for others. */
export const SIDE_BY_SIDE = 200;

/** The only variables a function sees. The first four are those of a hosted project. */
export function functionEnv(
  hostEnv: Readonly<Record<string, string | undefined>>,
  url: string,
  database: Database,
  secrets: Secrets,
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = hostEnv[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    SUPABASE_URL: url,
    SUPABASE_ANON_KEY: secrets.RUNBOARD_PUBLISHABLE_KEY,
    SUPABASE_SERVICE_ROLE_KEY: secrets.RUNBOARD_SECRET_KEY,
    SUPABASE_DB_URL: database.ownerUrl,
    ...(database.engineUrl === undefined ? {} : { RUNBOARD_ENGINE_DB_URL: database.engineUrl }),
    RUNBOARD_VAULT_KEY: secrets.RUNBOARD_VAULT_KEY,
    RUNBOARD_WORKER_SECRET: secrets.RUNBOARD_WORKER_SECRET,
    // A worker with a time limit is asked for each invocation.
    ...(Number(hostEnv["RUNBOARD_WALL_MS"] ?? 0) === 0 ? { RUNBOARD_WORKER_LISTENS: "1" } : {}),
    RUNBOARD_WORKER_CONCURRENCY: String(SIDE_BY_SIDE),
    RUNBOARD_DATABASE_CORES: String(availableParallelism()),
    RUNBOARD_ALLOW_PRIVATE: allowPrivate(hostEnv["RUNBOARD_ALLOW_PRIVATE"], url),
    ...Object.fromEntries(passed),
  };
}

/** Steps may reach this installation itself, because the samples call its practice server; see ADR 0008. */
function allowPrivate(chosen: string | undefined, url: string): string {
  const { host, port } = new URL(url);
  return [...(chosen ? [chosen] : []), host, `localhost:${port}`].join(",");
}
