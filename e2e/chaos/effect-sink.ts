// The oracle outside the engine: a loopback server that counts calls per Idempotency-Key and shares no code with what it judges.
import { createServer } from "node:http";
import { listen } from "../servers/listen.ts";
import { hashOf } from "./random.ts";

export interface Effect {
  /** Who says to be calling: `run step item`. */
  readonly caller: string;
  calls: number;
  /** Calls answered with success. */
  done: number;
}

export interface EffectSink {
  readonly url: string;
  /** By Idempotency-Key. */
  readonly effects: ReadonlyMap<string, Effect>;
  /** By caller. */
  effectOf(caller: string): Effect | undefined;
  /** Callers seen under more than one key, and keys used by more than one caller: both must stay empty. */
  readonly mixedUp: readonly string[];
  close(): Promise<void>;
}

/**
 * `POST /effect` fails now and then, decided by the key; `POST /once` never refuses. The caller stands in the body as `{caller}`.
 */
export async function startEffectSink(): Promise<EffectSink> {
  const effects = new Map<string, Effect>();
  const byCaller = new Map<string, string>();
  const mixedUp: string[] = [];

  function count(key: string, caller: string): Effect {
    const known = effects.get(key) ?? { caller, calls: 0, done: 0 };
    effects.set(key, known);
    known.calls += 1;
    if (known.caller !== caller) mixedUp.push(`key ${key}: ${known.caller} and ${caller}`);
    const keyOfCaller = byCaller.get(caller) ?? key;
    byCaller.set(caller, key);
    if (keyOfCaller !== key) mixedUp.push(`${caller}: keys ${keyOfCaller} and ${key}`);
    return known;
  }

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const key = String(request.headers["idempotency-key"] ?? "");
      const effect = count(key, callerOf(text));
      const mood = hashOf(key) % 1_000;
      const fails =
        request.url?.startsWith("/effect") === true && (mood < 2 || (mood < 50 && effect.calls === 1));
      if (!fails) effect.done += 1;
      const answer = () =>
        response
          .writeHead(fails ? 503 : 200, { "content-type": "application/json" })
          .end(JSON.stringify({ ok: !fails }));
      if (mood > 980) setTimeout(answer, mood - 900);
      else answer();
    });
  });
  server.keepAliveTimeout = 60_000;
  const { url, close } = await listen(server);
  return {
    url,
    effects,
    effectOf: (caller) => effects.get(byCaller.get(caller) ?? ""),
    mixedUp,
    close,
  };
}

function callerOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "caller" in body) return String(body.caller);
  } catch {
    // Not ours: counted under what it sent.
  }
  return text;
}
