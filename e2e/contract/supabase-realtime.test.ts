import { once } from "node:events";
import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket as Socket } from "ws";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
let sql: postgres.Sql;
beforeAll(async () => {
  stack = await startTestStack({ recheckMs: 200 });
  sql = postgres(stack.database.adminUrl, { max: 2, onnotice: () => {} });
  await sql`insert into rooms (id, title) values ('tea', 'Tea'), ('coffee', 'Coffee')`;
});
afterAll(async () => {
  await sql.end();
  await stack.stop();
});

interface Joined {
  readonly channel: RealtimeChannel;
  readonly status: string;
  readonly message: string | undefined;
}

/** Joins and resolves with the first verdict of the server. */
function join(channel: RealtimeChannel): Promise<Joined> {
  return new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ channel, status, message: error?.message }));
  });
}

/** Resolves with the next broadcast of that name. */
function next(channel: RealtimeChannel, event: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    channel.on("broadcast", { event }, ({ payload }) => resolve(payload));
  });
}

async function member(room = "tea"): Promise<{ client: SupabaseClient; id: string }> {
  const { client, id } = await stack.newUser();
  await sql`insert into members (room_id, user_id) values (${room}, ${id})`;
  return { client, id };
}

/** Refreshes until the token differs: two of the same second are the same text, which realtime-js does not send again. */
async function newToken(client: SupabaseClient): Promise<string> {
  const before = (await client.auth.getSession()).data.session?.access_token;
  let token = before;
  await expect
    .poll(async () => (token = (await client.auth.refreshSession()).data.session?.access_token), {
      timeout: 5_000,
    })
    .not.toBe(before);
  return token ?? "";
}

const PRIVATE = { config: { private: true } };

test("a member joins a private channel", async () => {
  const { client } = await member();
  expect((await join(client.channel("room:tea", PRIVATE))).status).toBe("SUBSCRIBED");
});

test("a stranger is refused", async () => {
  const { client } = await stack.newUser();
  const { status, message } = await join(client.channel("room:tea", PRIVATE));
  expect(status).toBe("CHANNEL_ERROR");
  expect(message).toContain("Unauthorized");
});

test("a member of another room is refused", async () => {
  const { client } = await member("coffee");
  expect((await join(client.channel("room:tea", PRIVATE))).status).toBe("CHANNEL_ERROR");
});

test("somebody without a session is refused", async () => {
  const { message } = await join(stack.client().channel("room:tea", PRIVATE));
  expect(message).toContain("Unauthorized");
});

test("public channels are refused", async () => {
  const { client } = await member();
  const { status, message } = await join(client.channel("room:tea"));
  expect(status).toBe("CHANNEL_ERROR");
  expect(message).toContain("PrivateOnly");
});

test("without its policy nobody may listen", async () => {
  const { client } = await member();
  await sql`alter policy "members listen" on realtime.messages using (false)`;
  try {
    expect((await join(client.channel("room:tea", PRIVATE))).status).toBe("CHANNEL_ERROR");
  } finally {
    await sql`
      alter policy "members listen" on realtime.messages
      using (exists (select from members where 'room:' || room_id = (select realtime.topic())))`;
  }
});

test("what one member sends the others hear, and the sender only when it asked", async () => {
  const alice = await member();
  const bob = await member();
  const heard = bob.client.channel("room:tea", PRIVATE);
  const atBob = next(heard, "note");
  await join(heard);
  const speaking = alice.client.channel("room:tea", {
    config: { private: true, broadcast: { ack: true, self: true } },
  });
  const atAlice = next(speaking, "note");
  await join(speaking);
  expect(await speaking.send({ type: "broadcast", event: "note", payload: { text: "grüße" } })).toBe("ok");
  expect(await atBob).toEqual({ text: "grüße" });
  expect(await atAlice).toEqual({ text: "grüße" });
});

test("who may listen but not send is told so", async () => {
  await sql`alter policy "members send" on realtime.messages with check (false)`;
  try {
    const { client } = await member();
    const { channel, status } = await join(
      client.channel("room:tea", { config: { private: true, broadcast: { ack: true } } }),
    );
    expect(status).toBe("SUBSCRIBED");
    expect(await channel.send({ type: "broadcast", event: "note", payload: {} })).toBe("error");
  } finally {
    await sql`
      alter policy "members send" on realtime.messages
      with check (exists (select from members where 'room:' || room_id = (select realtime.topic())))`;
  }
});

test("a broadcast over HTTP reaches members and needs the right to send", async () => {
  const { client } = await member();
  const { channel } = await join(client.channel("room:tea", PRIVATE));
  const heard = next(channel, "mail");
  const sender = await member();
  await sender.client.realtime.setAuth();
  const outgoing = sender.client.channel("room:tea", PRIVATE);
  expect(await outgoing.httpSend("mail", { n: 1 })).toEqual({ success: true });
  expect(await heard).toEqual({ n: 1 });
  const stranger = await stack.newUser();
  await stranger.client.realtime.setAuth();
  await expect(stranger.client.channel("room:tea", PRIVATE).httpSend("mail", {})).rejects.toThrow(
    "Unauthorized",
  );
});

test("the database sends to members when its transaction commits, and not when it rolls back", async () => {
  const { client } = await member();
  const { channel } = await join(client.channel("room:tea", PRIVATE));
  const heard = next(channel, "announcement");
  await sql
    .begin(async (tx) => {
      await tx`select realtime.send('{"words":"never"}', 'announcement', 'room:tea', true)`;
      throw new Error("rolled back");
    })
    .catch(() => {});
  const { error } = await client.rpc("announce", { room: "tea", words: "tea is ready" });
  expect(error).toBeNull();
  expect(await heard).toMatchObject({ words: "tea is ready" });
});

test("messages of the database come through the write-ahead log", async () => {
  const metrics = await (await fetch(`${stack.url}/metrics`)).text();
  expect(metrics).toContain('runboard_realtime_feed{mode="replication"} 1');
});

test("following goes on after the replication session was cut", async () => {
  const { client } = await member();
  const { channel } = await join(client.channel("room:tea", PRIVATE));
  const heard = next(channel, "after the cut");
  await sql`select pg_terminate_backend(active_pid) from pg_replication_slots where active`;
  await sql`select realtime.send('{"n":1}', 'after the cut', 'room:tea', true)`;
  expect(await heard).toMatchObject({ n: 1 });
});

test("messages of one transaction arrive in order, each once", async () => {
  const { client } = await member();
  const { channel } = await join(client.channel("room:tea", PRIVATE));
  const numbers: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    channel.on("broadcast", { event: "count" }, ({ payload }) => {
      numbers.push(payload["n"]);
      if (payload["n"] === 200) resolve();
    });
  });
  await sql`
    select realtime.send(jsonb_build_object('n', n), 'count', 'room:tea', true)
    from generate_series(1, 200) as n order by n`;
  await done;
  expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
});

test("members see who is present, and who left", async () => {
  const alice = await member();
  const bob = await member();
  const watching = alice.client.channel("room:tea", {
    config: { private: true, presence: { key: "alice" } },
  });
  const arrived = new Promise((resolve) => {
    watching.on("presence", { event: "join" }, ({ key, newPresences }) => {
      if (key === "bob") resolve(newPresences[0]?.["mood"]);
    });
  });
  const left = new Promise((resolve) => {
    watching.on("presence", { event: "leave" }, ({ key }) => {
      if (key === "bob") resolve(key);
    });
  });
  await join(watching);
  await watching.track({ mood: "calm" });
  const visiting = bob.client.channel("room:tea", { config: { private: true, presence: { key: "bob" } } });
  const synced = new Promise<string[]>((resolve) => {
    visiting.on("presence", { event: "sync" }, () => {
      const keys = Object.keys(visiting.presenceState()).toSorted();
      if (keys.includes("bob")) resolve(keys);
    });
  });
  await join(visiting);
  await visiting.track({ mood: "curious" });
  expect(await arrived).toBe("curious");
  expect(await synced).toEqual(["alice", "bob"]);
  await bob.client.removeChannel(visiting);
  expect(await left).toBe("bob");
  expect(Object.keys(watching.presenceState())).toEqual(["alice"]);
});

test("a refreshed token keeps a live channel, a lost membership ends it", async () => {
  const { client, id } = await member();
  const channel = client.channel("room:tea", PRIVATE);
  const closed = new Promise<void>((resolve) => {
    channel.subscribe((status) => status === "CLOSED" && resolve());
  });
  const heard = next(channel, "still here");
  await expect.poll(() => channel.state).toBe("joined");
  await client.realtime.setAuth(await newToken(client));
  await sql`select realtime.send('{}', 'still here', 'room:tea', true)`;
  await heard;
  await sql`delete from members where user_id = ${id}`;
  await client.realtime.setAuth(await newToken(client));
  await closed;
});

test("a removed member's channel ends although the token is still valid", async () => {
  const { client, id } = await member();
  const channel = client.channel("room:tea", PRIVATE);
  const closed = new Promise<void>((resolve) => {
    channel.subscribe((status) => status === "CLOSED" && resolve());
  });
  await expect.poll(() => channel.state).toBe("joined");
  await sql`delete from members where user_id = ${id}`;
  await closed;
});

test("a receiver that does not read is dropped, and the others go on", async () => {
  const slow = await member();
  const quick = await member();
  const token = (await slow.client.auth.getSession()).data.session?.access_token;
  const url = `${stack.url.replace("http", "ws")}/realtime/v1/websocket?apikey=${stack.publishableKey}&vsn=2.0.0`;
  const socket = new Socket(url);
  await once(socket, "open");
  socket.send(
    JSON.stringify([
      "1",
      "1",
      "realtime:room:tea",
      "phx_join",
      { config: { private: true }, access_token: token },
    ]),
  );
  await once(socket, "message");
  socket.pause();
  const { channel } = await join(quick.client.channel("room:tea", PRIVATE));
  let received = 0;
  channel.on("broadcast", { event: "flood" }, () => (received += 1));
  const text = "x".repeat(100_000);
  for (let round = 0; round < 20; round += 1) {
    await sql`
      select realtime.send(jsonb_build_object('text', ${text}::text), 'flood', 'room:tea', true)
      from generate_series(1, 10)`;
  }
  await expect.poll(() => received, { timeout: 20_000 }).toBe(200);
  const closed = once(socket, "close");
  socket.resume();
  await closed;
});

test("signing out ends the channel", async () => {
  const { client } = await member();
  const channel = client.channel("room:tea", PRIVATE);
  const closed = new Promise<void>((resolve) => {
    channel.subscribe((status) => status === "CLOSED" && resolve());
  });
  await expect.poll(() => channel.state).toBe("joined");
  await client.auth.signOut();
  await client.realtime.setAuth();
  await closed;
});

test("a channel ends when its token does", async () => {
  const brief = await startTestStack({ jwtExpirySeconds: 2 });
  try {
    const { client, id } = await brief.newUser();
    const admin = postgres(brief.database.adminUrl, { max: 1, onnotice: () => {} });
    await admin`insert into rooms (id, title) values ('tea', 'Tea')`;
    await admin`insert into members (room_id, user_id) values ('tea', ${id})`;
    await admin.end();
    const token = (await client.auth.getSession()).data.session?.access_token ?? "";
    await client.realtime.setAuth(token);
    const states: string[] = [];
    await new Promise<void>((resolve) => {
      client.channel("room:tea", PRIVATE).subscribe((status) => {
        states.push(status);
        if (status === "CLOSED") resolve();
      });
    });
    expect(states).toEqual(["SUBSCRIBED", "CLOSED"]);
    const late = brief.client();
    await late.realtime.setAuth(token);
    expect((await join(late.channel("room:tea", PRIVATE))).message).toContain("expired");
  } finally {
    await brief.stop();
  }
});

test("a client whose socket was dropped comes back by itself", async () => {
  const { client } = await member();
  const channel = client.channel("room:tea", PRIVATE);
  let joins = 0;
  const twice = new Promise<void>((resolve) => {
    channel.subscribe((status) => {
      if (status === "SUBSCRIBED" && (joins += 1) === 2) resolve();
    });
  });
  const heard = next(channel, "back");
  await expect.poll(() => joins).toBe(1);
  stack.dropSockets();
  await twice;
  await sql`select realtime.send('{"n":1}', 'back', 'room:tea', true)`;
  expect(await heard).toMatchObject({ n: 1 });
});

test("S-09 a presence key of the language's own words harms nobody", async () => {
  const { client } = await member();
  for (const key of ["__proto__", "constructor"]) {
    const { channel, status } = await join(
      client.channel("room:tea", { config: { private: true, presence: { key } } }),
    );
    expect(status).toBe("SUBSCRIBED");
    expect(await channel.track({ at: "the table" })).toBe("ok");
    await client.removeChannel(channel);
  }
  expect((await fetch(`${stack.url}/config.json`)).status).toBe(200);
});

test("a flood of messages is answered at the server's own pace", async () => {
  const { client } = await member();
  const token = (await client.auth.getSession()).data.session?.access_token;
  const address = `${stack.url.replace("http", "ws")}/realtime/v1/websocket`;
  const socket = new Socket(`${address}?apikey=${stack.publishableKey}&vsn=2.0.0`);
  await once(socket, "open");
  let answers = 0;
  socket.on("message", (data) => (answers += data.toString().includes("phx_reply") ? 1 : 0));
  const payload = { config: { private: true }, access_token: token };
  for (let ref = 0; ref < 500; ref++) {
    socket.send(JSON.stringify([`${ref}`, `${ref}`, "realtime:room:tea", "phx_join", payload]));
  }
  await expect.poll(() => answers, { timeout: 20_000 }).toBe(500);
  socket.close();
});

test("the old serializer is spoken too", async () => {
  const { client } = await member();
  const token = (await client.auth.getSession()).data.session?.access_token;
  const url = `${stack.url.replace("http", "ws")}/realtime/v1/websocket?apikey=${stack.publishableKey}&vsn=1.0.0`;
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const reply = new Promise<string>((resolve) => {
    socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
  });
  const config = { private: true, presence: { enabled: false } };
  const payload = { config, access_token: token };
  socket.send(
    JSON.stringify({ topic: "realtime:room:tea", event: "phx_join", payload, ref: "1", join_ref: "1" }),
  );
  expect(JSON.parse(await reply)).toEqual({
    join_ref: "1",
    ref: "1",
    topic: "realtime:room:tea",
    event: "phx_reply",
    payload: { status: "ok", response: { postgres_changes: [] } },
  });
  socket.close();
});
