import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { createInsertReader, type Insert, POSTGRES_EPOCH_MS } from "./pgoutput.ts";

const PUBLICATION = "supabase_realtime_messages_publication";
const ACKNOWLEDGE_MS = 5_000;
const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;

export interface Replication {
  /** Resolves when the stream has ended for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Follows inserts into `realtime.messages` through the write-ahead log, from now on: the slot is temporary and ends
 * with the connection. Nobody polls, nothing is notified.
 * @throws when the server does not log logically, has no free slot, or does not answer
 */
export async function followInserts(
  databaseUrl: string,
  onInsert: (insert: Insert) => void,
): Promise<Replication> {
  const closed = Promise.withResolvers<void>();
  const sql = postgres(databaseUrl, {
    max: 1,
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    onclose: () => closed.resolve(),
    // The driver passes unknown start-up parameters on; this one makes the session a replication session.
    connection: { application_name: "runboard-realtime", replication: "database" },
  });
  try {
    const slot = `runboard_${randomBytes(8).toString("hex")}`;
    // The replication grammar knows its keywords in capitals only.
    const [created] = await sql.unsafe<{ consistent_point: string }[]>(
      `CREATE_REPLICATION_SLOT ${slot} TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT`,
    );
    const stream = await sql
      .unsafe(
        `START_REPLICATION SLOT ${slot} LOGICAL ${created?.consistent_point ?? "0/0"} (proto_version '1', publication_names '${PUBLICATION}')`,
      )
      .writable();
    const timer = readStream(stream as Duplex, onInsert);
    const ended = closed.promise.then(() => clearInterval(timer));
    return {
      ended,
      async stop() {
        // Ending says goodbye to the server; destroying would be logged there as a broken protocol.
        const left = new Promise((resolve) => stream.once("close", resolve));
        stream.end();
        await Promise.race([left, closed.promise, sleep(500)]);
        await sql.end({ timeout: 0 });
      },
    };
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
}

/** The server keeps its log until we confirm; confirming is also how it knows we are alive. */
function readStream(stream: Duplex, onInsert: (insert: Insert) => void): NodeJS.Timeout {
  const readInsert = createInsertReader();
  let position: Buffer | undefined;
  const confirm = () => {
    if (position && !stream.destroyed) stream.write(confirmation(position));
  };
  stream.on("error", () => {});
  stream.on("data", (message: Buffer) => {
    if (message[0] === XLOG_DATA) {
      position = Buffer.from(message.subarray(9, 17));
      const insert = readInsert(message.subarray(25));
      if (insert) onInsert(insert);
    } else if (message[0] === KEEPALIVE) {
      position = Buffer.from(message.subarray(1, 9));
      if (message[17]) confirm();
    }
  });
  return setInterval(confirm, ACKNOWLEDGE_MS);
}

function confirmation(position: Buffer): Buffer {
  const message = Buffer.alloc(34);
  message.write("r", 0, "latin1");
  for (const at of [1, 9, 17]) position.copy(message, at);
  message.writeBigInt64BE(BigInt(Date.now() - POSTGRES_EPOCH_MS) * 1000n, 25);
  return message;
}
