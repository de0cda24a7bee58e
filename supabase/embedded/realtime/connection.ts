import type { RawData, WebSocket } from "ws";
import { Channel, readJoinConfig, type Wire } from "./channel.ts";
import type { Hub } from "./hub.ts";
import { type Identity, identify, type Keys } from "./identity.ts";
import type { Permissions } from "./permissions.ts";
import { decodeBinary, decodeText, encode, isRecord, type Message, type Version } from "./protocol.ts";

/** A receiver that has this much unread is dropped; it reconnects and reads what it missed. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
const MAX_CHANNELS = 100;
/** Messages one socket may have waiting here; more stay in the network until these are handled. */
const MAX_WAITING = 64;
const PREFIX = "realtime:";

export interface ConnectionParts {
  readonly hub: Hub;
  readonly keys: Keys;
  permissionsOf(identity: Identity, topic: string): Promise<Permissions>;
}

/** Serves one socket until it closes. */
export class Connection implements Wire {
  readonly version: Version;
  readonly #socket: WebSocket;
  readonly #parts: ConnectionParts;
  readonly #channels = new Map<string, Channel>();
  /** Messages are handled one after the other: a send right behind its join finds the join done. */
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #lastHeard = Date.now();

  constructor(socket: WebSocket, version: Version, parts: ConnectionParts) {
    this.#socket = socket;
    this.version = version;
    this.#parts = parts;
    socket.on("message", (data, isBinary) => {
      this.#lastHeard = Date.now();
      this.#waiting += 1;
      if (this.#waiting >= MAX_WAITING) socket.pause();
      this.#queue = this.#queue
        .then(() => this.#receive(data, isBinary))
        .catch((error: unknown) => {
          console.error("realtime:", error);
          socket.close(1011, "the server failed on a message");
        })
        .finally(() => {
          this.#waiting -= 1;
          if (this.#waiting === 0 && socket.isPaused) socket.resume();
        });
    });
    socket.on("close", () => {
      for (const channel of this.#channels.values()) channel.detach();
    });
    socket.on("error", () => socket.terminate());
  }

  /** Milliseconds since the client last said anything; heartbeats come every 25 s. */
  idleMs(): number {
    return Date.now() - this.#lastHeard;
  }

  /** Asks the policies again for every channel, so that a lost membership or session ends it without the client's help. */
  recheck(): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      for (const channel of this.#channels.values()) {
        // A database that does not answer says nothing about rights; the next round asks again.
        await this.#authorise(channel, channel.identity).catch(() => {});
      }
    });
    return this.#queue;
  }

  send(message: Message): void {
    this.sendFrame(encode(message, this.version));
  }

  sendFrame(frame: string | Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.#socket.terminate();
    else this.#socket.send(frame);
  }

  async #receive(data: RawData, isBinary: boolean): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    const message = isBinary ? decodeBinary(bytes) : decodeText(bytes.toString("utf8"), this.version);
    if (!message) return this.#socket.close(1003, "not a Phoenix message");
    if (message.topic === "phoenix") return this.#replyTo(message, "ok", {});
    if (message.event === "phx_join") return this.#join(message);
    const channel = this.#channels.get(message.topic);
    if (message.event === "phx_leave") return this.#leave(message, channel);
    if (!channel) return this.#replyTo(message, "error", { reason: "unmatched topic" });
    if (message.event === "access_token") return this.#refresh(message, channel);
    channel.receive(message);
  }

  async #join(message: Message): Promise<void> {
    const config = readJoinConfig(message.payload);
    const refuse = (reason: string) => this.#replyTo(message, "error", { reason });
    if (!message.topic.startsWith(PREFIX)) return refuse("unmatched topic");
    if (!config.isPrivate) return refuse("PrivateOnly: This project only allows private channels");
    if (this.#channels.size >= MAX_CHANNELS) return refuse("ChannelRateLimitReached: Too many channels");
    const identity = identify(tokenOf(message.payload), this.#parts.keys);
    if ("refusal" in identity) return refuse(identity.refusal);
    const topic = message.topic.slice(PREFIX.length);
    const permissions = await this.#parts.permissionsOf(identity, topic);
    if (!permissions.broadcast.read) {
      return refuse(`Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`);
    }
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#channels.get(message.topic)?.detach();
    const channel = new Channel(
      { topic: message.topic, joinRef: message.joinRef ?? message.ref, config },
      identity,
      permissions,
      { wire: this, hub: this.#parts.hub, onEnd: (ended) => this.#forget(ended) },
    );
    this.#channels.set(message.topic, channel);
    channel.reply(message.ref, "ok", { postgres_changes: [] });
    channel.start();
  }

  /** A new token is asked the same question as a join; one that may no longer listen ends the channel. */
  async #refresh(message: Message, channel: Channel): Promise<void> {
    const identity = identify(tokenOf(message.payload), this.#parts.keys);
    if ("refusal" in identity) return channel.end(identity.refusal);
    await this.#authorise(channel, identity);
  }

  async #authorise(channel: Channel, identity: Identity): Promise<void> {
    const permissions = await this.#parts.permissionsOf(identity, channel.topic.slice(PREFIX.length));
    if (this.#channels.get(channel.topic) !== channel) return;
    if (permissions.broadcast.read) channel.authorise(identity, permissions);
    else channel.end("Unauthorized: You may no longer read from this topic");
  }

  #leave(message: Message, channel: Channel | undefined): void {
    channel?.detach();
    this.#replyTo(message, "ok", {});
    this.send({ ...message, event: "phx_close", payload: {} });
  }

  #forget(channel: Channel): void {
    if (this.#channels.get(channel.topic) === channel) this.#channels.delete(channel.topic);
  }

  #replyTo(message: Message, status: "ok" | "error", response: unknown): void {
    this.send({ ...message, event: "phx_reply", payload: { status, response } });
  }
}

function tokenOf(payload: unknown): unknown {
  return isRecord(payload) ? payload["access_token"] : undefined;
}
