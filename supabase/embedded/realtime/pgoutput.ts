/** Column name -> text as Postgres prints it; null for NULL. */
export type InsertedRow = ReadonlyMap<string, string | null>;

/** Milliseconds from 1970 to 2000, the epoch of Postgres. */
export const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

export interface Insert {
  readonly row: InsertedRow;
  /** When its transaction was committed, in milliseconds since 1970 on the server's clock. */
  readonly committedAt: number;
}

interface Cursor {
  readonly data: Buffer;
  at: number;
}

/**
 * Reads the part of Postgres' logical replication protocol (pgoutput, version 1) that inserts need.
 * Source: the manual's chapter "Logical Replication Message Formats".
 */
export function createInsertReader(): (message: Buffer) => Insert | undefined {
  const columnsByRelation = new Map<number, string[]>();
  let committedAt = 0;
  return (message) => {
    const cursor: Cursor = { data: message, at: 1 };
    const kind = message.toString("latin1", 0, 1);
    // A transaction begins with where it ends in the log, and when it was committed.
    if (kind === "B") committedAt = Number(message.readBigInt64BE(9)) / 1_000 + POSTGRES_EPOCH_MS;
    if (kind === "R") columnsByRelation.set(readInt32(cursor), readColumns(cursor));
    if (kind !== "I") return undefined;
    const columns = columnsByRelation.get(readInt32(cursor)) ?? [];
    cursor.at += 1;
    return { row: readRow(cursor, columns), committedAt };
  };
}

function readColumns(cursor: Cursor): string[] {
  readString(cursor);
  readString(cursor);
  cursor.at += 1;
  const count = readInt16(cursor);
  return Array.from({ length: count }, () => {
    cursor.at += 1;
    const name = readString(cursor);
    cursor.at += 8;
    return name;
  });
}

function readRow(cursor: Cursor, columns: readonly string[]): InsertedRow {
  const row = new Map<string, string | null>();
  const count = readInt16(cursor);
  for (let index = 0; index < count; index += 1) {
    const kind = cursor.data.toString("latin1", cursor.at, (cursor.at += 1));
    let value: string | null = null;
    if (kind === "t") {
      const length = readInt32(cursor);
      value = cursor.data.toString("utf8", cursor.at, (cursor.at += length));
    }
    row.set(columns[index] ?? String(index), value);
  }
  return row;
}

function readString(cursor: Cursor): string {
  const end = cursor.data.indexOf(0, cursor.at);
  const text = cursor.data.toString("utf8", cursor.at, end);
  cursor.at = end + 1;
  return text;
}

function readInt32(cursor: Cursor): number {
  return cursor.data.readInt32BE((cursor.at += 4) - 4);
}

function readInt16(cursor: Cursor): number {
  return cursor.data.readInt16BE((cursor.at += 2) - 2);
}
