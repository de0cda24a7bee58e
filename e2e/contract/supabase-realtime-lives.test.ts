// How channels end and come back: tokens, rights, sockets, floods.
import { once } from "node:events";
import postgres from "postgres";
import { expect, test } from "vitest";
import { WebSocket as Socket } from "ws";
import { join, member, newToken, next, PRIVATE, sql, stack } from "./realtime-scene.ts";
import { startTestStack } from "./supabase-stack.ts";

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
    // It reads on: what is on its way to it never reaches what a receiver may leave unread.
    await expect.poll(() => received, { timeout: 20_000 }).toBe((round + 1) * 10);
  }
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
