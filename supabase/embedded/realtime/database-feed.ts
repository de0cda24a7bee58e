import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { Lag } from "../lag.ts";
import type { Sample } from "../prometheus.ts";
import type { Broadcast } from "./protocol.ts";
import { followInserts, type Replication } from "./replication.ts";

const RETENTION_EVERY_MS = 30_000;
const POLL_EVERY_MS = 250;
/** How far back a poll looks again, for transactions that committed after later ones. */
const POLL_OVERLAP = "5 seconds";
const REMEMBERED_IDS = 20_000;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly event: string | null;
  readonly payload: unknown;
  /** Seconds since it was inserted. */
  readonly age: string;
}

export interface DatabaseFeed {
  mode(): "replication" | "polling" | "away";
  /** From commit to delivery. Polling knows only when a row was inserted. */
  lag(): Sample[];
  stop(): Promise<void>;
}

/**
 * Hands every private broadcast the database sends to `deliver`, and deletes messages once they are two minutes old.
 * Follows the write-ahead log; where the server does not log logically, reads new rows four times a second.
 */
export async function startDatabaseFeed(
  databaseUrl: string,
  sql: postgres.Sql,
  deliver: (topic: string, broadcast: Broadcast) => void,
): Promise<DatabaseFeed> {
  const stopping = new AbortController();
  const seen = new RecentIds();
  const lag = new Lag();
  let mode: "replication" | "polling" | "away" = "away";
  let replication: Replication | undefined;

  /** False for a message that was handed over before. */
  function handOver({ id, topic, event, payload }: Omit<Row, "age">): boolean {
    if (!seen.add(id)) return false;
    deliver(`realtime:${topic}`, { id, event: event ?? "message", content: { json: payload ?? {} } });
    return true;
  }

  async function follow(): Promise<void> {
    replication = await followInserts(databaseUrl, ({ row, committedAt }) => {
      if (row.get("private") !== "t" || row.get("extension") !== "broadcast") return;
      handOver({
        id: row.get("id") ?? "",
        topic: row.get("topic") ?? "",
        event: row.get("event") ?? null,
        payload: JSON.parse(row.get("payload") ?? "null"),
      });
      lag.add((Date.now() - committedAt) / 1_000);
    });
    // What was committed while nobody listened is still in the table.
    for (const row of await readRecent(sql)) handOver(row);
    mode = "replication";
  }

  async function keepFollowing(): Promise<void> {
    for (let pauseMs = 100; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      await replication?.ended;
      mode = "away";
      if (stopping.signal.aborted) return;
      await follow().then(
        () => (pauseMs = 50),
        () => sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {}),
      );
    }
  }

  async function keepPolling(): Promise<void> {
    mode = "polling";
    while (!stopping.signal.aborted) {
      const rows = await readRecent(sql).catch(() => []);
      for (const row of rows) if (handOver(row)) lag.add(Number(row.age));
      await sleep(POLL_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  for (const { id } of await readRecent(sql)) seen.add(id);
  const [level] = await sql<{ wal: string }[]>`select current_setting('wal_level') as wal`;
  const canFollow = level?.wal === "logical" && (await follow().then(() => true, explainPolling));
  const running = canFollow ? keepFollowing() : keepPolling();
  const retention = setInterval(() => void deleteOld(sql).catch(() => {}), RETENTION_EVERY_MS);

  return {
    mode: () => mode,
    lag: () => lag.samples(),
    async stop() {
      stopping.abort();
      clearInterval(retention);
      await replication?.stop();
      await running;
    },
  };
}

function explainPolling(error: unknown): false {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`realtime: reading the table instead of following the log: ${reason}`);
  return false;
}

async function readRecent(sql: postgres.Sql): Promise<Row[]> {
  return sql<Row[]>`
    select id, topic, event, payload, extract(epoch from clock_timestamp()::timestamp - inserted_at) as age from realtime.messages
    where inserted_at > now()::timestamp - ${POLL_OVERLAP}::interval and private and extension = 'broadcast'
    order by inserted_at`;
}

async function deleteOld(sql: postgres.Sql): Promise<void> {
  await sql`delete from realtime.messages where inserted_at < now()::timestamp - interval '2 minutes'`;
}

/** Remembers enough ids to recognise a message that arrives twice, and no more. */
class RecentIds {
  readonly #ids = new Set<string>();

  /** False when the id was added before. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > REMEMBERED_IDS) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return true;
  }
}
