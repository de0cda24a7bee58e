/** One Phoenix message, whichever serializer carried it. */
export interface Message {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** Serializers realtime-js speaks: objects, or arrays with binary broadcast frames. */
export type Version = "1.0.0" | "2.0.0";

const USER_BROADCAST_PUSH = 3;
const USER_BROADCAST = 4;
const BINARY = 0;
const JSON_TEXT = 1;
/** A binary frame gives the length of a name in one byte. */
const LONGEST_NAME = 255;

/** What a sender gave as the content of a broadcast: a JSON value, or bytes. */
export type BroadcastContent = { readonly json: unknown } | { readonly bytes: Uint8Array };

/** Payload of a `broadcast` message as this server handles it. */
export interface Broadcast {
  readonly event: string;
  readonly content: BroadcastContent;
  /** Id of the stored message, for what the database sent. */
  readonly id?: string;
}

/**
 * Reads a text frame.
 * @returns undefined when it is no Phoenix message
 */
export function decodeText(text: string, version: Version): Message | undefined {
  const value = parseJson(text);
  if (version === "1.0.0") {
    if (!isRecord(value)) return undefined;
    return toMessage(value["join_ref"], value["ref"], value["topic"], value["event"], value["payload"]);
  }
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  return toMessage(value[0], value[1], value[2], value[3], value[4]);
}

/**
 * Reads a binary frame: a user's broadcast is the only kind clients send.
 * @returns undefined when the frame is of another kind or cut short
 */
export function decodeBinary(frame: Uint8Array): Message | undefined {
  const [kind, ...head] = frame.subarray(0, 7);
  if (kind !== USER_BROADCAST_PUSH || head.length < 6) return undefined;
  const [joinRefSize = 0, refSize = 0, topicSize = 0, eventSize = 0, metaSize = 0, encoding] = head;
  const decoder = new TextDecoder();
  let at = 7;
  const take = (size: number) => decoder.decode(frame.subarray(at, (at += size)));
  const joinRef = take(joinRefSize);
  const ref = take(refSize);
  const topic = take(topicSize);
  const event = take(eventSize);
  at += metaSize;
  if (at > frame.length) return undefined;
  const rest = frame.subarray(at);
  const content: BroadcastContent =
    encoding === JSON_TEXT ? { json: parseJson(decoder.decode(rest)) } : { bytes: rest };
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: "broadcast",
    payload: { event, content } satisfies Broadcast,
  };
}

/** Reads the payload of a `broadcast` message that came as text or binary. */
export function readBroadcast(payload: unknown): Broadcast | undefined {
  if (!isRecord(payload) || typeof payload["event"] !== "string") return undefined;
  const { event, content } = payload;
  if (isRecord(content) && content["bytes"] instanceof Uint8Array) {
    return { event, content: { bytes: content["bytes"] } };
  }
  if (isRecord(content) && "json" in content) return { event, content: { json: content["json"] } };
  return { event, content: { json: payload["payload"] ?? {} } };
}

/** Writes a message as the client's serializer wants it. */
export function encode(message: Message, version: Version): string {
  const { joinRef, ref, topic, event, payload } = message;
  return version === "1.0.0"
    ? JSON.stringify({ join_ref: joinRef, ref, topic, event, payload })
    : JSON.stringify([joinRef, ref, topic, event, payload]);
}

/**
 * Writes a broadcast for receivers.
 * @returns undefined for bytes towards the old serializer, which cannot carry them, and under names too long for a frame
 */
export function encodeBroadcast(
  topic: string,
  broadcast: Broadcast,
  version: Version,
): string | Uint8Array | undefined {
  const meta = broadcast.id === undefined ? {} : { meta: { id: broadcast.id } };
  if ("json" in broadcast.content) {
    const payload = { type: "broadcast", event: broadcast.event, payload: broadcast.content.json, ...meta };
    return encode({ joinRef: null, ref: null, topic, event: "broadcast", payload }, version);
  }
  if (version === "1.0.0") return undefined;
  const encoder = new TextEncoder();
  const topicBytes = encoder.encode(topic);
  const eventBytes = encoder.encode(broadcast.event);
  if (topicBytes.length > LONGEST_NAME || eventBytes.length > LONGEST_NAME) return undefined;
  return Buffer.concat([
    Uint8Array.of(USER_BROADCAST, topicBytes.length, eventBytes.length, 0, BINARY),
    topicBytes,
    eventBytes,
    broadcast.content.bytes,
  ]);
}

/** True for plain JSON objects. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toMessage(
  joinRef: unknown,
  ref: unknown,
  topic: unknown,
  event: unknown,
  payload: unknown,
): Message | undefined {
  if (typeof topic !== "string" || typeof event !== "string") return undefined;
  return { joinRef: toRef(joinRef), ref: toRef(ref), topic, event, payload };
}

function toRef(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
