import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Connection, type ConnectionParts } from "./connection.ts";
import { startDatabaseFeed } from "./database-feed.ts";
import type { Sample } from "../prometheus.ts";
import { createHttpBroadcast } from "./http-broadcast.ts";
import { Hub } from "./hub.ts";
import type { Keys } from "./identity.ts";
import { readPermissions } from "./permissions.ts";
import { openPool } from "../pool.ts";

const MAX_FRAME_BYTES = 1024 * 1024;
/** Clients send a heartbeat every 25 s; twice missed means gone. */
const MAX_IDLE_MS = 65_000;

/** How long a channel may outlive the right to it when its token stays valid. */
const RECHECK_MS = 60_000;

export interface RealtimeOptions {
  /** URL of a role that owns `realtime.messages` and may replicate. */
  readonly databaseUrl: string;
  readonly keys: Keys;
  /** Default one minute. */
  readonly recheckMs?: number | undefined;
}

export interface Realtime {
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  broadcast(request: Request): Promise<Response>;
  counts(): {
    readonly sockets: number;
    readonly topics: number;
    readonly channels: number;
    readonly delivered: number;
    readonly feed: string;
    /** Histogram from an event's commit to its broadcast. */
    readonly lag: readonly Sample[];
  };
  dropSockets(): void;
  stop(): Promise<void>;
}

/** Supabase Realtime for one host: Broadcast and Presence on private channels, and messages from the database. */
export async function startRealtime(options: RealtimeOptions): Promise<Realtime> {
  const { keys } = options;
  const sql = openPool(options.databaseUrl, {
    max: 4,
    connection: { application_name: "runboard-realtime" },
  });
  const hub = new Hub();
  const parts: ConnectionParts = {
    hub,
    keys,
    permissionsOf: (identity, topic) => readPermissions(sql, identity, topic),
  };
  const feed = await startDatabaseFeed(options.databaseUrl, sql, (topic, message) =>
    hub.broadcast(topic, message),
  );
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const connections = new Map<Connection, () => void>();

  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = new URL(incoming.url ?? "/", "http://localhost").searchParams;
    const apikey = query.get("apikey");
    if (apikey !== keys.publishableKey && apikey !== keys.secretKey) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n");
      return;
    }
    const version = query.get("vsn") === "1.0.0" ? "1.0.0" : "2.0.0";
    sockets.handleUpgrade(incoming, socket, head, (client) => {
      const connection = new Connection(client, version, parts);
      connections.set(connection, () => client.terminate());
      client.once("close", () => connections.delete(connection));
    });
  }

  const sweep = setInterval(() => {
    for (const [connection, drop] of connections) if (connection.idleMs() > MAX_IDLE_MS) drop();
  }, MAX_IDLE_MS / 4);

  const recheck = setInterval(() => void recheckAll().catch(() => {}), options.recheckMs ?? RECHECK_MS);

  /** One after the other: policies are asked in the gaps, not all at once. */
  async function recheckAll(): Promise<void> {
    for (const connection of connections.keys()) await connection.recheck();
  }

  function dropSockets(): void {
    for (const drop of connections.values()) drop();
  }

  return {
    upgrade,
    dropSockets,
    broadcast: createHttpBroadcast(parts),
    counts: () => ({ sockets: connections.size, ...hub.counts(), feed: feed.mode(), lag: feed.lag() }),
    async stop() {
      clearInterval(sweep);
      clearInterval(recheck);
      dropSockets();
      sockets.close();
      await feed.stop();
      await sql.end({ timeout: 1 });
    },
  };
}
