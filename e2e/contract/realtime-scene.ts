// One stack with two rooms, shared by the tests of the channels.
import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll, beforeAll, expect } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

export let stack: TestStack;
export let sql: postgres.Sql;
beforeAll(async () => {
  stack = await startTestStack({ recheckMs: 200 });
  sql = postgres(stack.database.adminUrl, { max: 2, onnotice: () => {} });
  await sql`insert into rooms (id, title) values ('tea', 'Tea'), ('coffee', 'Coffee')`;
});
afterAll(async () => {
  await sql.end();
  await stack.stop();
});

export interface Joined {
  readonly channel: RealtimeChannel;
  readonly status: string;
  readonly message: string | undefined;
}

/** Joins and resolves with the first verdict of the server. */
export function join(channel: RealtimeChannel): Promise<Joined> {
  return new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ channel, status, message: error?.message }));
  });
}

/** Resolves with the next broadcast of that name. */
export function next(channel: RealtimeChannel, event: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    channel.on("broadcast", { event }, ({ payload }) => resolve(payload));
  });
}

export async function member(room = "tea"): Promise<{ client: SupabaseClient; id: string }> {
  const { client, id } = await stack.newUser();
  await sql`insert into members (room_id, user_id) values (${room}, ${id})`;
  return { client, id };
}

/** Refreshes until the token differs: two of the same second are the same text, which realtime-js does not send again. */
export async function newToken(client: SupabaseClient): Promise<string> {
  const before = (await client.auth.getSession()).data.session?.access_token;
  let token = before;
  await expect
    .poll(async () => (token = (await client.auth.refreshSession()).data.session?.access_token), {
      timeout: 5_000,
    })
    .not.toBe(before);
  return token ?? "";
}

export const PRIVATE = { config: { private: true } };
