import type { ConnectionParts } from "./connection.ts";
import { identify } from "./identity.ts";
import { type Broadcast, isRecord } from "./protocol.ts";

interface Outgoing extends Broadcast {
  readonly topic: string;
  readonly isPrivate: boolean;
}

const SINGLE = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/;

/**
 * Sends broadcasts over HTTP: `POST …/api/broadcast` with a list, or `…/api/broadcast/<topic>/events/<event>` with the
 * payload as body. Answers 202 when all were sent, and sends none when one may not be.
 */
export function createHttpBroadcast(parts: ConnectionParts) {
  return async function handle(request: Request): Promise<Response> {
    if (request.method !== "POST") return refusal(405, "Send broadcasts with POST.");
    const apikey = request.headers.get("apikey");
    if (apikey !== parts.keys.publishableKey && apikey !== parts.keys.secretKey) {
      return refusal(401, "Invalid API key");
    }
    const bearer = request.headers.get("authorization")?.replace(/^Bearer /i, "");
    const identity = identify(bearer ?? apikey, parts.keys);
    if ("refusal" in identity) return refusal(401, identity.refusal);
    const messages = await readMessages(request);
    if (!messages) return refusal(422, "Expected { messages: [{ topic, event, payload, private }] }.");
    if (messages.some(({ isPrivate }) => !isPrivate)) {
      return refusal(403, "PrivateOnly: This project only allows private channels");
    }
    for (const topic of new Set(messages.map((message) => message.topic))) {
      const { broadcast } = await parts.permissionsOf(identity, topic);
      if (!broadcast.write)
        return refusal(403, "Unauthorized: You do not have permissions to write to this topic");
    }
    for (const { topic, event, content } of messages)
      parts.hub.broadcast(`realtime:${topic}`, { event, content });
    return new Response(null, { status: 202 });
  };
}

async function readMessages(request: Request): Promise<Outgoing[] | undefined> {
  const url = new URL(request.url);
  const single = SINGLE.exec(url.pathname);
  if (single) {
    const isJson = request.headers.get("content-type")?.includes("json") ?? false;
    const content = isJson
      ? { json: await request.json().catch(() => ({})) }
      : { bytes: new Uint8Array(await request.arrayBuffer()) };
    const [topic, event] = [decode(single[1]), decode(single[2])];
    if (topic === undefined || event === undefined) return undefined;
    return [{ topic, event, content, isPrivate: url.searchParams.get("private") === "true" }];
  }
  const body: unknown = await request.json().catch(() => undefined);
  const list = isRecord(body) && Array.isArray(body["messages"]) ? body["messages"] : undefined;
  const messages = list?.map(readMessage);
  return messages?.every((message) => message !== undefined) ? messages : undefined;
}

/** @returns undefined for percent signs that are no encoding */
function decode(part = ""): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function readMessage(value: unknown): Outgoing | undefined {
  if (!isRecord(value) || typeof value["topic"] !== "string" || typeof value["event"] !== "string")
    return undefined;
  return {
    topic: value["topic"],
    event: value["event"],
    content: { json: value["payload"] ?? {} },
    isPrivate: value["private"] === true,
  };
}

function refusal(status: number, message: string): Response {
  return Response.json({ error: message, message }, { status });
}
