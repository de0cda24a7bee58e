import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findDeno } from "./deno-binary.ts";
import type { EdgeFunction } from "./function-list.ts";
import { type GuardedProcess, startGuarded } from "./guarded-process.ts";
import { watchProcess } from "./watch-process.ts";

const MAIN = join(import.meta.dirname, "deno", "serve-group.ts");
const MAX_BACKOFF_MS = 15_000;
/** The pause before the second restart in a row; the first comes at once, because the steps of a dead worker wait for it. */
const FIRST_BACKOFF_MS = 250;
/** A process that lived this long was healthy; its next death starts the back-off anew. */
const HEALTHY_AFTER_MS = 30_000;
const START_TIMEOUT_MS = 15_000;
/** A process that is silent twice for so long without computing is ended; its steps are another's long before their leases are over. */
export const PATIENCE_MS = 4_000;

export interface FunctionProcessOptions {
  readonly group: string;
  readonly functions: readonly EdgeFunction[];
  readonly denoConfig: string;
  readonly root: string;
  /** The installation's folder, of which functions see nothing. */
  readonly home?: string;
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** How long the process may take to answer before it counts as blocked. */
  readonly patienceMs?: number;
  readonly onLog: (text: string) => void;
}

export interface FunctionProcess {
  /** Port once it listens; undefined when it does not come up in time. */
  port(): Promise<number | undefined>;
  /** Resolves when the new process listens, or did not come up in time. */
  restart(): Promise<void>;
  /** The crash: ends the process as `kill -9` does. It is started again like after any other end. */
  kill(): Promise<void>;
  status(): { readonly group: string; readonly up: boolean; readonly restarts: number };
  stop(): Promise<void>;
}

/**
 * Starts one Deno process and starts it again whenever it ends: at once, then with growing pauses. It may use the network and read
 * the repository; it may not start programs, write files or load native code.
 */
export function startFunctionProcess(options: FunctionProcessOptions): FunctionProcess {
  let current: GuardedProcess | undefined;
  let listening = Promise.withResolvers<number>();
  let up = false;
  const stopping = new AbortController();
  let restarts = 0;
  let backoffMs = 0;

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      const life = new AbortController();
      current = startGuarded(findDeno(), denoArgs(options), {
        stopSignal: "TERM",
        env: { ...options.env, DENO_DIR: options.cacheDir, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
        onOutput(text) {
          const [, port, pid] = /^runboard-listening (\d+) (\d+)$/m.exec(text) ?? [];
          if (port === undefined || up) return options.onLog(text);
          up = true;
          listening.resolve(Number(port));
          const watched = { port: Number(port), pid: Number(pid) };
          void watchProcess(watched, options.patienceMs ?? PATIENCE_MS, life.signal, (why) => {
            options.onLog(`functions ${options.group}: the process is ended: ${why}\n`);
            void current?.kill();
          });
        },
      });
      const code = await current.exited;
      life.abort();
      up = false;
      listening = Promise.withResolvers<number>();
      if (stopping.signal.aborted) return;
      restarts += 1;
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) backoffMs = 0;
      options.onLog(
        `functions ${options.group}: process ended (${code}), starting again in ${backoffMs} ms\n`,
      );
      await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
      backoffMs = Math.min(Math.max(backoffMs * 2, FIRST_BACKOFF_MS), MAX_BACKOFF_MS);
    }
  }
  const running = keepRunning();

  function port(): Promise<number | undefined> {
    return Promise.race([listening.promise, sleep(START_TIMEOUT_MS, undefined, { ref: false })]);
  }

  return {
    port,
    async restart() {
      backoffMs = 0;
      await current?.stop(3_000);
      await port();
    },
    async kill() {
      await current?.kill();
    },
    status: () => ({ group: options.group, up, restarts }),
    async stop() {
      stopping.abort();
      await current?.stop(5_000);
      await running;
    },
  };
}

function denoArgs({ functions, denoConfig, root, home }: FunctionProcessOptions): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-remote",
    "--cached-only",
    "--no-lock",
    "--node-modules-dir=manual",
    `--config=${denoConfig}`,
    "--allow-net",
    `--allow-read=${root}`,
    // The home may lie below that, and with it the secrets that functions are not given.
    ...(home === undefined ? [] : [`--deny-read=${home}`]),
    // Packages probe names nobody can list; the process is given our variables and no others.
    "--allow-env",
    // Some read these while loading; they say nothing a function could misuse.
    "--allow-sys=hostname,osRelease,homedir,cpus,uid",
    MAIN,
    ...functions.map(({ name, entrypoint }) => `${name}=${entrypoint}`),
  ];
}
