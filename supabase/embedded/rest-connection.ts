// The connection @supabase/lite 0.10.0 is given: its own, which waits for the database less often per request.
import { PostgresConnection, type IPostgresConnectionConfig } from "@supabase/lite/postgres";
import { hasten, SETTINGS_MARK } from "./statement-trips.ts";

type Context = Parameters<PostgresConnection["withContext"]>;
type Vars = Context[0];
type Work<T> = (session: PostgresConnection["kysely"]) => Promise<T>;
type Options = Context[2];

/** The roles lite itself switches to; for any other it does more than set a setting. */
const ROLES = new Set(["anon", "authenticated", "service_role"]);

/**
 * lite sets what row security and functions read about a request one setting per statement, ten around a call. Here they are one statement,
 * in the transaction lite opens anyway, before anything of the request is sent.
 */
export class RestConnection extends PostgresConnection {
  constructor(config: IPostgresConnectionConfig) {
    super(config);
    // On its first request lite would grant every table of every schema with row security to anon and authenticated.
    // Grants are ours to make, in migrations, as on a hosted project since October 2026.
    Reflect.set(this, "rlsState", "active");
    hasten(this.driver);
  }

  override async withContext<T>(vars: Vars, work: Work<T>, options?: Options): Promise<T> {
    const role = readRole(vars);
    if (!role || options?.forceRollback || options?.transaction)
      return super.withContext(vars, work, options);
    const settings = { ...settingsOfPerson(role, vars), ...settingsOfCall(options?.rpc) };
    return this.kysely.transaction().execute(async (session) => {
      await session.executeQuery(setLocally(settings));
      return work(session);
    });
  }
}

type Settings = Readonly<Record<string, string>>;

/** @returns undefined when lite has to look closer */
function readRole(vars: Vars): string | undefined {
  const role = fieldOf(vars?.["auth"], "role") || "anon";
  return vars !== undefined && typeof role === "string" && ROLES.has(role) ? role : undefined;
}

function settingsOfPerson(role: string, vars: Vars): Settings {
  const claims = fieldOf(vars?.["auth"], "jwt");
  return {
    role,
    "request.jwt.claim.sub": textOf(fieldOf(vars?.["auth"], "uid")),
    "request.jwt.claim.role": role,
    "storage.operation": textOf(fieldOf(vars?.["storage"], "operation")),
    ...(typeof claims === "object" && claims !== null
      ? { "request.jwt.claims": JSON.stringify(claims) }
      : {}),
  };
}

/** What a function may read of the request that called it, and what it may say about the answer: nothing yet. */
function settingsOfCall(rpc: NonNullable<Options>["rpc"]): Settings {
  if (!rpc) return {};
  return {
    "response.status": "",
    "response.headers": "",
    "request.method": rpc.method,
    "request.path": rpc.path,
    "request.headers": JSON.stringify(rpc.requestHeaders ?? {}),
    // Last, because nothing can be set back once it is on.
    ...(rpc.readOnly ? { transaction_read_only: "on" } : {}),
  };
}

/** One statement for all of them, until the end of the transaction; they are set in the order given. */
function setLocally(settings: Settings) {
  const names = Object.keys(settings);
  const sql = `${SETTINGS_MARK} select ${names.map((name, at) => `set_config('${name}', $${at + 1}, true)`).join(", ")}`;
  const parameters = Object.values(settings);
  return {
    sql,
    parameters,
    query: { kind: "RawNode", sqlFragments: [sql], parameters: [] } as const,
    queryId: { queryId: "settings" },
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
