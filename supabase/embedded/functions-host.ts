import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FunctionProcess, startFunctionProcess } from "./function-process.ts";
import { type EdgeFunction, listFunctions } from "./function-list.ts";

export interface FunctionsOptions {
  readonly dir: string;
  readonly configFile: string;
  /** Root that function processes may read. */
  readonly root: string;
  /** The installation's folder, of which functions see nothing. */
  readonly home: string;
  /** Folder for Deno's caches. */
  readonly cacheDir: string;
  /** Environment of every function; nothing else is visible to them. */
  readonly env: Readonly<Record<string, string>>;
  /** How long a process may take to answer before it counts as blocked. */
  readonly patienceMs?: number;
  readonly onLog: (text: string) => void;
}

export interface FunctionsHost {
  find(name: string): EdgeFunction | undefined;
  /** Loopback port of the process that serves the function; waits while it starts, undefined when it cannot. */
  portOf(name: string): Promise<number | undefined>;
  /** Replaces every process, for example after a file changed. */
  restart(): Promise<void>;
  status(): readonly { readonly group: string; readonly up: boolean; readonly restarts: number }[];
  stop(): Promise<void>;
}

/**
 * Which functions share a process. The worker has its own, so that a slow hook never delays steps; user code has its
 * own, so that killing it hits nothing else.
 */
function groupOf(name: string): string {
  if (name === "run-steps") return "worker";
  return name === "run-code" ? "code" : "api";
}

/** Functions of another folder, as tests have them, use the packages of ours unless they bring a list of their own. */
function findDenoConfig({ dir, root }: FunctionsOptions): string {
  const own = join(dir, "deno.json");
  return existsSync(own) ? own : join(root, "edge-functions", "deno.json");
}

/** Runs the edge functions in Deno processes, one per group, and keeps them running. */
export async function startFunctions(options: FunctionsOptions): Promise<FunctionsHost> {
  const functions = await listFunctions(options.dir, options.configFile);
  const byName = new Map(functions.map((found) => [found.name, found]));
  const groups = Map.groupBy(functions, ({ name }) => groupOf(name));
  const processes = new Map<string, FunctionProcess>();
  for (const [group, members] of groups) {
    processes.set(
      group,
      startFunctionProcess({
        group,
        functions: members,
        denoConfig: findDenoConfig(options),
        root: options.root,
        home: options.home,
        cacheDir: options.cacheDir,
        env: options.env,
        ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
        onLog: options.onLog,
      }),
    );
  }
  const all = () => [...processes.values()];
  return {
    find: (name) => byName.get(name),
    portOf: async (name) => processes.get(groupOf(name))?.port(),
    restart: async () => void (await Promise.all(all().map((one) => one.restart()))),
    status: () => all().map((one) => one.status()),
    stop: async () => void (await Promise.all(all().map((one) => one.stop()))),
  };
}
