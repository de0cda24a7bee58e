// One delivery of a webhook, from the request to the answer.
import { evaluateExpression } from "../../src/core/expression.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { inputOf } from "../../src/core/trigger.ts";
import { validateJson } from "../../src/core/validate.ts";
import type { BlobStore } from "./blob-store.ts";
import { sameSchema } from "./check-output.ts";
import { crashPoint } from "./crash-points.ts";
import { needEnv } from "./env.ts";
import { errorOf } from "./fire-triggers.ts";
import { accepted, answer, runAnswer, takenAnswer, unknownHook } from "./hook-answer.ts";
import { parseHookBody, readHookBody } from "./hook-body.ts";
import type { RateGate } from "./rate-gate.ts";
import { HttpError } from "./responses.ts";
import { sha256 } from "./sha256.ts";
import { verifySignature, type Scheme } from "./signatures.ts";
import { ROW_LIMIT, storable } from "./stored.ts";
import type { Delivery, Hook, Taken, TriggerEngine } from "./trigger-engine.ts";
import { openSecret } from "./vault.ts";

export interface HookWorld {
  engine: Pick<TriggerEngine, "hookOf" | "fireHook" | "hookAnswer">;
  blobs: Pick<BlobStore, "put">;
  gate: RateGate;
}

const PATH = /^[0-9a-f]{48}$/;
const MEGABYTE = 1024 * 1024;
/** Headers that carry credentials, or say how the request came here. */
const PRIVATE =
  /authorization|cookie|apikey|api-key|token|secret|signature|^x-forwarded|^forwarded|^x-real-ip/;

/** Never throws: whatever happens has an answer. */
export async function takeDelivery(request: Request, world: HookWorld): Promise<Response> {
  try {
    if (request.method !== "POST")
      return answer({ code: "method_not_allowed", message: "Webhooks take POST requests." }, 405, {
        allow: "POST",
      });
    const path = new URL(request.url).pathname.split("/")[2] ?? "";
    if (!world.gate.admits(PATH.test(path) ? path : "", performance.now())) return tooMany("60");
    const hook = PATH.test(path) ? await world.engine.hookOf(path) : null;
    const body = await readHookBody(request, Number(hook?.config["maxBytes"] ?? MEGABYTE));
    const signedId = await checkSignature(hook, request.headers, body);
    if (hook === null || signedId === undefined) return unknownHook();
    return await deliver(request, world, hook, body, signedId);
  } catch (error) {
    return failureAnswer(error);
  }
}

function tooMany(seconds: string): Response {
  const message = "This webhook takes no more deliveries for the moment.";
  return answer({ code: "RB429", message, hint: "Send it again later." }, 429, { "retry-after": seconds });
}

function failureAnswer(error: unknown): Response {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "RB429") return tooMany("60");
  if (error instanceof HttpError) {
    const { status, message, hint } = error;
    return answer({ code: error.code, message, hint }, status);
  }
  if (error instanceof StepError) return answer(errorOf(error), 400);
  console.error(error);
  return answer(
    { code: "unavailable", message: "The delivery could not be taken.", hint: "Send it again." },
    503,
    { "retry-after": "10" },
  );
}

/** The delivery's id if the signature carries one, null if it holds without, undefined if it does not hold. */
async function checkSignature(
  hook: Hook | null,
  headers: Headers,
  body: Uint8Array,
): Promise<string | null | undefined> {
  const scheme = hook?.config["signing"];
  if (hook !== null && scheme === "none") return headers.get("webhook-id");
  const signed =
    scheme === "github" || scheme === "stripe" || scheme === "slack" ? scheme : ("standard" satisfies Scheme);
  const sealed = hook?.secret ?? null;
  const place = { workspaceId: hook?.workspaceId ?? "", slug: String(hook?.config["connection"] ?? "") };
  const secret = sealed === null ? null : await openSecret(sealed, needEnv("RUNBOARD_VAULT_KEY"), place);
  // An address nobody has costs the same check, against a secret nobody has.
  const now = (hook?.now ?? Date.now()) / 1_000;
  const id = verifySignature(signed, { headers, body, secret: secret ?? crypto.randomUUID(), now });
  return secret === null ? undefined : id;
}

async function deliver(
  request: Request,
  world: HookWorld,
  hook: Hook,
  bytes: Uint8Array<ArrayBuffer>,
  signedId: string | null,
): Promise<Response> {
  const { config } = hook;
  const body = parseHookBody(String(config["accepts"] ?? "json"), request.headers.get("content-type"), bytes);
  const run = crypto.randomUUID();
  const event = eventOf(request, hook, signedId);
  const bodyHash = sha256(bytes);
  const made = makeStart(hook, { ...event, body }, run);
  const key = made.key ?? signedId ?? `once ${run}`;
  const delivery: Delivery = {
    trigger: hook.trigger,
    key: key.length <= 200 ? key : `sha256 ${sha256(key)}`,
    bodyHash,
    event,
    maxPerMinute: typeof config["maxPerMinute"] === "number" ? config["maxPerMinute"] : undefined,
    ...made.facts,
  };
  const large = bytes.byteLength > ROW_LIMIT;
  if (large) {
    delivery.rawPath = `${hook.workspaceId}/${run}/${bodyHash}.raw`;
    await world.blobs.put(delivery.rawPath, bytes, "application/octet-stream");
  }
  crashPoint("before_fire_hook");
  const taken = await fire(world, delivery, large ? null : bytes);
  crashPoint("after_fire_hook");
  if (config["answer"] !== "wait" || !taken.run) return takenAnswer(taken);
  const answered = await waitForRun(world, taken.run, Number(config["waitMs"] ?? 30_000), request.signal);
  return answered ?? accepted(taken.run, taken.outcome === "known");
}

/** Everything about a delivery but its body. */
function eventOf(request: Request, hook: Hook, deliveryId: string | null): JsonObject {
  const headers = [...request.headers].filter(([name]) => !PRIVATE.test(name));
  const query = [...new URL(request.url).searchParams];
  return Object.fromEntries(
    Object.entries({
      headers: storable(Object.fromEntries(headers)),
      query: storable(Object.fromEntries(query.filter(([name]) => name !== "__proto__"))),
      deliveryId,
      receivedAt: new Date(hook.now).toISOString(),
    } satisfies Record<string, Json>),
  );
}

/** The run's input, or why there is none; and the id the hook's own expression gives the delivery. */
function makeStart(
  { config, compiled }: Hook,
  event: JsonObject,
  run: string,
): { key: string | null; facts: Pick<Delivery, "start" | "error"> } {
  let key: string | null = null;
  try {
    const { dedupe, bodySchema } = config;
    if (typeof dedupe === "string" && dedupe !== "") key = keyOf(evaluateExpression(dedupe, { event }));
    if (typeof bodySchema === "object" && bodySchema !== null && !Array.isArray(bodySchema))
      requireShape(bodySchema, event["body"] ?? null);
    const input = inputOf({ ...compiled, input: sameSchema(compiled.input) }, event);
    return { key, facts: { start: { run, version: compiled.version, input } } };
  } catch (error) {
    return { key, facts: { error: errorOf(error) } };
  }
}

function keyOf(value: Json): string | null {
  if (value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function requireShape(schema: JsonObject, body: Json): void {
  const checked = validateJson(sameSchema(schema), body);
  if (checked.ok) return;
  const said = checked.errors.slice(0, 3).map(({ path, message }) => `${path || "body"}: ${message}`);
  throw new StepError(
    "validation",
    "body_invalid",
    `The body does not have the shape this webhook takes. ${said.join("; ")}.`,
    {
      hint: "Send what the webhook describes.",
    },
  );
}

/** A run that cannot be started just now, for a reason that is nobody's mistake, is left to a worker. */
async function fire({ engine }: HookWorld, delivery: Delivery, raw: Uint8Array | null): Promise<Taken> {
  try {
    return await engine.fireHook(delivery, raw);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (delivery.start === undefined || code.startsWith("RB")) throw error;
    return await engine.fireHook({ ...delivery, start: undefined }, raw);
  }
}

/** Null when time is up, or nobody listens any more. */
async function waitForRun(
  { engine }: HookWorld,
  run: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<Response | null> {
  const until = performance.now() + waitMs;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    const found = runAnswer(run, await engine.hookAnswer(run));
    if (found !== null || signal.aborted || performance.now() >= until) return found;
    await new Promise((done) => setTimeout(done, Math.min(pause, Math.max(until - performance.now(), 0))));
  }
}
