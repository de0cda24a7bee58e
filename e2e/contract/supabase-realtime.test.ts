import { expect, test } from "vitest";
import { join, member, next, PRIVATE, sql, stack } from "./realtime-scene.ts";

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
