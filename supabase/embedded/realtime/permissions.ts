import type postgres from "postgres";
import type { Identity } from "./identity.ts";

/** What the policies on `realtime.messages` allow one identity on one topic. */
export interface Permissions {
  readonly broadcast: { readonly read: boolean; readonly write: boolean };
  readonly presence: { readonly read: boolean; readonly write: boolean };
}

const NOTHING: Permissions = {
  broadcast: { read: false, write: false },
  presence: { read: false, write: false },
};

class Rollback extends Error {
  readonly permissions: Permissions;

  constructor(permissions: Permissions) {
    super("nothing of a permission check is kept");
    this.permissions = permissions;
  }
}

/**
 * Asks the policies themselves, as Supabase Realtime does: in a transaction that is rolled back, rows for the topic are
 * written and then read and written again as the user. A signed-out session has no permissions at all.
 * @param sql   connection as a role that owns `realtime.messages`
 * @param topic without the `realtime:` prefix
 */
export async function readPermissions(
  sql: postgres.Sql,
  identity: Identity,
  topic: string,
): Promise<Permissions> {
  try {
    return await sql.begin(async (tx) => {
      if (!(await hasSession(tx, identity))) throw new Rollback(NOTHING);
      const probes = await tx<{ id: string }[]>`
        insert into realtime.messages (topic, extension, private)
        values (${topic}, 'broadcast', true), (${topic}, 'presence', true)
        returning id`;
      await becomeUser(tx, identity, topic);
      const readable = await tx<{ extension: string }[]>`
        select extension from realtime.messages where id = any(${probes.map(({ id }) => id)})`;
      const canRead = new Set(readable.map(({ extension }) => extension));
      throw new Rollback({
        broadcast: { read: canRead.has("broadcast"), write: await canWrite(tx, topic, "broadcast") },
        presence: { read: canRead.has("presence"), write: await canWrite(tx, topic, "presence") },
      });
    });
  } catch (error) {
    if (error instanceof Rollback) return error.permissions;
    throw error;
  }
}

async function hasSession(tx: postgres.TransactionSql, { role, claims }: Identity): Promise<boolean> {
  if (role !== "authenticated") return true;
  const session = claims["session_id"];
  if (typeof session !== "string") return true;
  return (await tx`select from auth.sessions where id::text = ${session}`).length > 0;
}

async function becomeUser(tx: postgres.TransactionSql, identity: Identity, topic: string): Promise<void> {
  await tx`
    select
      set_config('role', ${identity.role}, true),
      set_config('request.jwt.claims', ${JSON.stringify(identity.claims)}, true),
      set_config('request.jwt.claim.sub', ${String(identity.claims["sub"] ?? "")}, true),
      set_config('request.jwt.claim.role', ${identity.role}, true),
      set_config('realtime.topic', ${topic}, true)`;
}

async function canWrite(tx: postgres.TransactionSql, topic: string, extension: string): Promise<boolean> {
  try {
    await tx.savepoint(
      (inner) => inner`
        insert into realtime.messages (topic, extension, private) values (${topic}, ${extension}, true)`,
    );
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "42501") return false;
    throw error;
  }
}
