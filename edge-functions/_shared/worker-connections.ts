// The connections a worker keeps for itself: one shows that it lives, by one it hears that there is work.
import { connectEngine, keepsSessions, openPool } from "./engine.ts";
import type { ConnectSession } from "./worker-session.ts";

/** What a worker says of itself when it begins. */
interface Registration {
  readonly name: string;
  readonly leaseMs: number;
  /** It listens for its name. */
  readonly hears?: boolean;
  /** Most steps it has at the same time. */
  readonly slots?: number | null;
  /** Processors it shares with the database. */
  readonly databaseCores?: number | null;
}

/**
 * How a worker shows that it lives: a connection of its own that registers it and then stays idle. Undefined for a
 * transaction pooler, whose sessions outlive their clients; there the lease alone decides.
 */
export function sessionConnector(
  address: string,
  { name, leaseMs, hears = false, slots = null, databaseCores = null }: Registration,
): ConnectSession | undefined {
  if (!keepsSessions(new URL(address))) return undefined;
  return async (onLost) => {
    const sql = connectEngine(address, 1, {
      idle_timeout: 0,
      max_lifetime: null,
      onclose: onLost,
      connection: { application_name: "runboard worker session" },
    });
    try {
      await sql`select engine.register_worker(${name}, ${leaseMs}, ${hears}, ${slots}, ${databaseCores})`;
    } catch (error) {
      await sql.end({ timeout: 1 });
      throw error;
    }
    return { close: () => sql.end({ timeout: 1 }) };
  };
}

/**
 * Calls `onWake` when the database tells the worker of that name that there is something to claim, and when that may have been
 * missed because the connection was lost. Never does behind a transaction pooler.
 */
export async function hearWakes(address: string, worker: string, onWake: () => void): Promise<void> {
  if (!keepsSessions(new URL(address))) return;
  let isFirst = true;
  const onListening = () => {
    if (!isFirst) onWake();
    isFirst = false;
  };
  await openPool().listen("runboard_wake", (named) => named === worker && onWake(), onListening);
}
