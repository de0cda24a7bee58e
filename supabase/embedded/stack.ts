import { join, resolve } from "node:path";
import { type Database, openDatabase } from "./database.ts";
import { openEngineMetrics } from "./engine-metrics.ts";
import { watchFirstRun } from "./first-run.ts";
import { functionEnv } from "./function-env.ts";
import { startFunctions, type FunctionsHost } from "./functions-host.ts";
import { createFunctionsProxy } from "./functions-proxy.ts";
import { type Gateway, type GatewayParts, openPort, serveGateway, urlOf } from "./gateway.ts";
import { lockHome } from "./home-lock.ts";
import { type Lite, startLite } from "./lite.ts";
import { renderMetrics } from "./metrics.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { Shutdown } from "./shutdown.ts";
import { type Realtime, startRealtime } from "./realtime/server.ts";
import { createStaticFiles } from "./static-files.ts";
import { startWake, type Wake } from "./wake.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface StackOptions {
  /** Folder for the database, files and secrets; made when missing. */
  readonly home: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly publicUrl?: string | undefined;
  /** Default: supabase/migrations of this repository. */
  readonly migrationsDir?: string;
  /** Default: edge-functions of this repository. */
  readonly functionsDir?: string;
  /** Settings per function; default: supabase/config.toml of this repository. */
  readonly functionsConfig?: string;
  /** The built web app; nothing is served at `/` when left out and no `app` is given. */
  readonly staticDir?: string;
  /** Serves the app in another way, for example Vite while developing. */
  readonly app?: (gatewayServer: Gateway["server"]) => Promise<GatewayParts["app"]>;
  readonly databaseUrl?: string | undefined;
  /** Durable commits of the bundled database; only tests that do not test durability may say false. Default true. */
  readonly durable?: boolean;
  readonly signup?: "open" | "closed";
  /** Life of an access token; default one hour. */
  readonly jwtExpirySeconds?: number;
  /** How often live channels are asked again whether they may listen; default one minute. */
  readonly recheckMs?: number;
  readonly dev?: boolean;
  readonly version?: string;
  /** Environment for secrets and for what functions may see. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onLog?: (text: string) => void;
  /** Called when a part that cannot be replaced ends by itself. */
  readonly onDeath?: (reason: string) => void;
  /** Stops the stack, also while it is still starting. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  readonly url: string;
  readonly publishableKey: string;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly functions: FunctionsHost;
  /** Cuts every websocket, as a restart of the server would. */
  dropSockets(): void;
  stop(): Promise<void>;
}

/**
 * Starts everything behind one port and resolves once requests are served. What was started is stopped again when a
 * later part fails.
 * @throws StartupError with a hint for the person at the terminal
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const shutdown = new Shutdown();
  options.signal?.addEventListener("abort", () => void shutdown.run(), { once: true });
  try {
    return await startParts(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function startParts(options: StackOptions, shutdown: Shutdown): Promise<Stack> {
  const home = resolve(options.home);
  const host = options.host ?? "127.0.0.1";
  const env = options.env ?? {};
  const onLog = options.onLog ?? ((text: string) => void process.stderr.write(text));

  shutdown.add(lockHome(home));
  const server = await openPort(host, options.port);
  shutdown.add(() => void server.close());
  const url = options.publicUrl ?? urlOf(server, host);
  const secrets = await loadSecrets(home, env);
  const database = await openDatabase(
    {
      home,
      migrationsDir: options.migrationsDir ?? join(ROOT, "supabase/migrations"),
      databaseUrl: options.databaseUrl,
      durable: options.durable ?? true,
      secrets,
      onLog,
      onDeath: options.onDeath ?? ((reason) => onLog(`${reason}\n`)),
    },
    shutdown,
  );
  options.signal?.throwIfAborted();

  const isFirstRun = watchFirstRun(database, shutdown);
  const [lite, realtime, functions] = await Promise.all([
    openLite(options, url, isFirstRun, database, secrets, shutdown),
    openRealtime(options, database, secrets, shutdown),
    openFunctions(options, urlOf(server, host), home, database, secrets, onLog, shutdown),
  ]);
  const wake = await openWake(functions, database, secrets, shutdown);
  const engineMetrics = database.engineUrl ? openEngineMetrics(database.engineUrl) : undefined;
  if (engineMetrics) shutdown.add(() => engineMetrics.stop());
  const app = (await options.app?.(server)) ?? serveStatic(options.staticDir);
  const gateway = serveGateway(
    server,
    { host, publicUrl: options.publicUrl, dev: options.dev ?? false },
    {
      lite: lite.fetch,
      functions: createFunctionsProxy(functions, secrets.RUNBOARD_JWT_SECRET),
      broadcast: realtime.broadcast,
      upgrade: realtime.upgrade,
      app,
      browserConfig: async (address) => ({
        url: address,
        publishableKey: secrets.RUNBOARD_PUBLISHABLE_KEY,
        version: options.version ?? "0.0.0",
        firstRun: await isFirstRun(),
      }),
      health: () => readHealth(functions, realtime),
      metrics: async () =>
        renderMetrics({
          functions: functions.status(),
          wake: wake?.counts(),
          realtime: realtime.counts(),
          engine: await engineMetrics?.read(),
        }),
      metricsToken: secrets.RUNBOARD_SECRET_KEY,
    },
  );
  shutdown.add(() => gateway.close());
  options.signal?.throwIfAborted();
  return {
    url: gateway.url,
    publishableKey: secrets.RUNBOARD_PUBLISHABLE_KEY,
    secrets,
    database,
    functions,
    dropSockets: realtime.dropSockets,
    stop: () => shutdown.run(),
  };
}

async function openLite(
  options: StackOptions,
  url: string,
  isFirstRun: () => Promise<boolean>,
  database: Database,
  secrets: Secrets,
  shutdown: Shutdown,
): Promise<Lite> {
  const lite = await startLite({
    databaseUrl: database.gatewayUrl,
    jwtSecret: secrets.RUNBOARD_JWT_SECRET,
    publishableKey: secrets.RUNBOARD_PUBLISHABLE_KEY,
    secretKey: secrets.RUNBOARD_SECRET_KEY,
    siteUrl: url,
    signup: options.signup ?? "open",
    isFirstRun,
    filesDir: join(resolve(options.home), "files"),
    jwtExpirySeconds: options.jwtExpirySeconds ?? 3600,
  });
  shutdown.add(() => lite.close());
  return lite;
}

async function openRealtime(
  options: StackOptions,
  database: Database,
  secrets: Secrets,
  shutdown: Shutdown,
): Promise<Realtime> {
  const realtime = await startRealtime({
    databaseUrl: database.gatewayUrl,
    keys: {
      jwtSecret: secrets.RUNBOARD_JWT_SECRET,
      publishableKey: secrets.RUNBOARD_PUBLISHABLE_KEY,
      secretKey: secrets.RUNBOARD_SECRET_KEY,
    },
    recheckMs: options.recheckMs,
  });
  shutdown.add(() => realtime.stop());
  return realtime;
}

async function openFunctions(
  options: StackOptions,
  localUrl: string,
  home: string,
  database: Database,
  secrets: Secrets,
  onLog: (text: string) => void,
  shutdown: Shutdown,
): Promise<FunctionsHost> {
  const functions = await startFunctions({
    dir: options.functionsDir ?? join(ROOT, "edge-functions"),
    configFile: options.functionsConfig ?? join(ROOT, "supabase/config.toml"),
    root: ROOT,
    home,
    cacheDir: join(home, "deno"),
    env: functionEnv(options.env ?? {}, localUrl, database, secrets),
    onLog,
  });
  shutdown.add(() => functions.stop());
  return functions;
}

async function openWake(
  functions: FunctionsHost,
  database: Database,
  secrets: Secrets,
  shutdown: Shutdown,
): Promise<Wake | undefined> {
  if (!functions.find("run-steps")) return undefined;
  const wake = await startWake({
    databaseUrl: database.gatewayUrl,
    workerPort: () => functions.portOf("run-steps"),
    workerSecret: secrets.RUNBOARD_WORKER_SECRET,
  });
  shutdown.add(() => wake.stop());
  return wake;
}

function serveStatic(dir: string | undefined): GatewayParts["app"] {
  return dir === undefined ? async () => false : createStaticFiles(dir);
}

function readHealth(functions: FunctionsHost, realtime: Realtime) {
  const groups = functions.status().map(({ group, up }) => [`functions_${group}`, up]);
  const parts = { realtime: realtime.counts().feed !== "away", ...Object.fromEntries(groups) };
  return { ok: Object.values(parts).every(Boolean), parts };
}
