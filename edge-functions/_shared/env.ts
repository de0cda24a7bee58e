// The only reader of the environment on the server side.
import process from "node:process";
import { z } from "zod";

const count = (fallback: number) => z.coerce.number().int().min(0).default(fallback);

const Env = z.object({
  /** Origin of the Supabase services, without a trailing slash. */
  SUPABASE_URL: z.url().optional(),
  SUPABASE_ANON_KEY: z.string().optional(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().optional(),
  RUNBOARD_PUBLISHABLE_KEY: z.string().optional(),
  RUNBOARD_SECRET_KEY: z.string().optional(),
  /** Login of the role `runboard_engine`. */
  RUNBOARD_ENGINE_DB_URL: z.string().optional(),
  RUNBOARD_ENGINE_DB_POOL: count(4),
  /** Shared secret of HS256 access tokens; without it the project's published keys decide. */
  RUNBOARD_JWT_SECRET: z.string().optional(),
  RUNBOARD_WORKER_SECRET: z.string().optional(),
  /** 32 bytes in base64: wraps the connections' secrets. */
  RUNBOARD_VAULT_KEY: z.string().optional(),
  /** Private addresses the operator lets steps reach: a comma list of `host:port`, `host`, CIDR or `*`. */
  RUNBOARD_ALLOW_PRIVATE: z.string().default(""),
  /** How long one invocation of the worker may last, in milliseconds; 0 is without limit. See {@link wallMs}. */
  RUNBOARD_WALL_MS: z.coerce.number().int().min(0).optional(),
  /** `1` where the process stays up and its worker is to listen for work in the database; elsewhere every invocation is asked for. */
  RUNBOARD_WORKER_LISTENS: z.string().optional(),
  /** Set by hosted Supabase, which ends invocations after 150 s or more. */
  SB_EXECUTION_ID: z.string().optional(),
  DENO_DEPLOYMENT_ID: z.string().optional(),
  /** Most deliveries to one address that a process of the hooks function looks at in a minute. */
  RUNBOARD_HOOKS_PER_MINUTE: count(60_000),
  RUNBOARD_LEASE_MS: count(15_000),
  RUNBOARD_WORKER_CONCURRENCY: count(32),
  /** Processors the worker shares with its database: where few, no more workers are woken than keep them busy. Unset where they share none. */
  RUNBOARD_DATABASE_CORES: z.coerce.number().int().min(1).optional(),
});
export type Env = z.infer<typeof Env>;

let read: Env | undefined;

/** The process's settings, read once. Empty variables count as absent. */
export function env(): Env {
  if (read) return read;
  const found = Object.keys(Env.shape).map((name) => [name, process.env[name] || undefined]);
  read = Env.parse(Object.fromEntries(found));
  return read;
}

/** The worker's time limit: as set, else 120 s where the platform has one of its own, else none. */
export function wallMs(): number {
  const { RUNBOARD_WALL_MS: set, SB_EXECUTION_ID, DENO_DEPLOYMENT_ID } = env();
  return set ?? (SB_EXECUTION_ID === undefined && DENO_DEPLOYMENT_ID === undefined ? 0 : 120_000);
}

type Text = Exclude<
  { [K in keyof Env]-?: Env[K] extends string | undefined ? K : never }[keyof Env],
  undefined
>;

/**
 * The first of these settings that is set.
 * @throws Error naming them when none is
 */
export function needEnv(...names: Text[]): string {
  for (const name of names) {
    const value = env()[name];
    if (value !== undefined && value !== "") return value;
  }
  throw new Error(
    `This function needs ${names.join(" or ")}. Set it in the function's secrets and start again.`,
  );
}
