import { randomUUID } from "node:crypto";
import type { Hub } from "./hub.ts";
import type { Identity } from "./identity.ts";
import type { Permissions } from "./permissions.ts";
import { isRecord, type Message, readBroadcast, type Version } from "./protocol.ts";

/** What a client asks for when it joins. */
export interface JoinConfig {
  readonly isPrivate: boolean;
  readonly hearsSelf: boolean;
  readonly wantsAck: boolean;
  readonly presenceEnabled: boolean;
  readonly presenceKey: string;
}

/** The socket below a channel. */
export interface Wire {
  readonly version: Version;
  send(message: Message): void;
  sendFrame(frame: string | Uint8Array): void;
}

/** Longest delay setTimeout takes; tokens live shorter, but a hostile clock claim must not fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One joined topic of one socket. */
export class Channel {
  readonly topic: string;
  readonly #joinRef: string | null;
  readonly #wire: Wire;
  readonly #hub: Hub;
  readonly #config: JoinConfig;
  readonly #onEnd: (channel: Channel) => void;
  #identity: Identity;
  #permissions: Permissions;
  #expiry: NodeJS.Timeout | undefined;

  constructor(
    join: { readonly topic: string; readonly joinRef: string | null; readonly config: JoinConfig },
    identity: Identity,
    permissions: Permissions,
    parts: { readonly wire: Wire; readonly hub: Hub; readonly onEnd: (channel: Channel) => void },
  ) {
    this.topic = join.topic;
    this.#joinRef = join.joinRef;
    this.#config = join.config;
    this.#wire = parts.wire;
    this.#hub = parts.hub;
    this.#onEnd = parts.onEnd;
    this.#identity = identity;
    this.#permissions = permissions;
    this.authorise(identity, permissions);
  }

  get version(): Version {
    return this.#wire.version;
  }

  get identity(): Identity {
    return this.#identity;
  }

  get hearsPresence(): boolean {
    return this.#config.presenceEnabled && this.#permissions.presence.read;
  }

  /** Takes over a refreshed token; from now on its permissions and its end count. */
  authorise(identity: Identity, permissions: Permissions): void {
    this.#identity = identity;
    this.#permissions = permissions;
    clearTimeout(this.#expiry);
    if (identity.expiresAt === undefined) return;
    const leftMs = Math.max(identity.expiresAt * 1000 - Date.now(), 0);
    this.#expiry = setTimeout(() => this.end("Token has expired"), Math.min(leftMs, MAX_TIMER_MS));
  }

  /** First messages after the join was accepted. */
  start(): void {
    this.#hub.join(this);
    if (this.hearsPresence) this.push("presence_state", this.#hub.presenceOf(this.topic));
  }

  /** Handles what the client pushes while joined, except leaving and tokens. */
  receive(message: Message): void {
    if (message.event === "broadcast") this.#receiveBroadcast(message);
    else if (message.event === "presence") this.#receivePresence(message);
  }

  push(event: string, payload: unknown): void {
    this.#wire.send({ joinRef: this.#joinRef, ref: null, topic: this.topic, event, payload });
  }

  reply(ref: string | null, status: "ok" | "error", response: unknown): void {
    if (ref === null) return;
    const payload = { status, response };
    this.#wire.send({ joinRef: this.#joinRef, ref, topic: this.topic, event: "phx_reply", payload });
  }

  sendFrame(frame: string | Uint8Array): void {
    this.#wire.sendFrame(frame);
  }

  /** Leaves the topic without telling the client, which left or is gone. */
  detach(): void {
    clearTimeout(this.#expiry);
    this.#hub.leave(this);
    this.#onEnd(this);
  }

  /** Closes the channel from this side and says why. */
  end(reason: string): void {
    this.detach();
    this.push("system", { extension: "system", status: "error", message: reason, channel: this.topic });
    const ref = this.#joinRef;
    this.#wire.send({ joinRef: ref, ref, topic: this.topic, event: "phx_close", payload: {} });
  }

  #receiveBroadcast(message: Message): void {
    const broadcast = readBroadcast(message.payload);
    if (!broadcast) return this.reply(message.ref, "error", { reason: "A broadcast needs an event." });
    if (!this.#permissions.broadcast.write) {
      return this.reply(message.ref, "error", {
        reason: "Unauthorized: You do not have permissions to write to this Channel topic",
      });
    }
    this.#hub.broadcast(this.topic, broadcast, this.#config.hearsSelf ? undefined : this);
    if (this.#config.wantsAck) this.reply(message.ref, "ok", {});
  }

  #receivePresence(message: Message): void {
    if (!isRecord(message.payload) || !this.#permissions.presence.write) {
      return this.reply(message.ref, "error", {
        reason: "Unauthorized: You do not have permissions to be present on this Channel topic",
      });
    }
    const { event, payload } = message.payload;
    if (event === "track") this.#hub.track(this, this.#config.presenceKey, isRecord(payload) ? payload : {});
    else if (event === "untrack") this.#hub.untrack(this);
    else return this.reply(message.ref, "error", { reason: "Presence knows track and untrack." });
    this.reply(message.ref, "ok", {});
  }
}

/**
 * Reads the `config` of a join; what is missing or of another type takes Supabase's default, and so does a presence key such
 * as `__proto__`, on which the other clients' libraries would trip.
 */
export function readJoinConfig(payload: unknown): JoinConfig {
  const config = recordOf(recordOf(payload)["config"]);
  const broadcast = recordOf(config["broadcast"]);
  const presence = recordOf(config["presence"]);
  const key = presence["key"];
  return {
    isPrivate: config["private"] === true,
    hearsSelf: broadcast["self"] === true,
    wantsAck: broadcast["ack"] === true,
    presenceEnabled: presence["enabled"] !== false,
    presenceKey: typeof key === "string" && key !== "" && !(key in {}) ? key : randomUUID(),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
