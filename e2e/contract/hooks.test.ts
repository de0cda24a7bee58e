import { createHmac, randomUUID } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

// Webhooks as senders meet them: through the gateway, into Deno, on a fresh database.
const root = join(import.meta.dirname, "../..");
const secret = `whsec_${Buffer.from("a secret of the sender's").toString("base64")}`;

let stack: TestStack;
let client: SupabaseClient;
let workspaceId: string;

beforeAll(async () => {
  stack = await startTestStack({
    migrationsDir: join(root, "supabase/migrations"),
    functionsDir: join(root, "edge-functions"),
    functionsConfig: join(root, "supabase/config.toml"),
  });
  ({ client } = await stack.newUser());
  const { data, error } = await client.rpc("create_workspace", { name: "Hooks" });
  if (error) throw error;
  workspaceId = (data as { id: string }).id;
  await invoke("connections", { workspaceId, slug: "sender", kind: "signing", title: "Sender", secret });
}, 120_000);
afterAll(() => stack?.stop());

async function invoke(name: string, body: object): Promise<Record<string, unknown>> {
  const { data, error } = await client.functions.invoke(name, { body });
  if (error) throw new Error(`${name}: ${await (error as { context?: Response }).context?.text()}`);
  return data as Record<string, unknown>;
}

const at = { x: 0, y: 0 };
const order = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string" }, total: { type: "number" } },
};

/** Publishes a workflow that a webhook starts; returns the hook's address. */
async function publishHook(
  slug: string,
  config: object,
  more: { nodes?: object[]; edges?: object[]; input?: object; inputs?: object } = {},
): Promise<string> {
  const doc = {
    schemaVersion: 1,
    input: more.input ?? order,
    output: { id: { ref: "input.id" } },
    nodes: [
      {
        id: "t",
        key: "order_came",
        kind: "trigger-webhook",
        config,
        inputs: more.inputs ?? {},
        position: at,
      },
      {
        id: "k",
        key: "keep",
        kind: "transform",
        config: { fields: { id: { ref: "input.id" } } },
        position: at,
      },
      ...(more.nodes ?? []),
    ],
    edges: [{ id: "e", source: "t", sourcePort: "input", target: "k" }, ...(more.edges ?? [])],
  };
  const made = await client.rpc("create_workflow", {
    workspace: workspaceId,
    slug,
    title: slug,
    description: "",
    doc,
  });
  if (made.error) throw made.error;
  await invoke("publish", { workflowId: (made.data as { id: string }).id });
  return address(slug);
}

async function address(slug: string): Promise<string> {
  const { data, error } = await client
    .from("hook_paths")
    .select("path, triggers!inner(workflow_id, workflows!inner(slug))")
    .eq("triggers.workflows.slug", slug)
    .single();
  if (error) throw error;
  return `${stack.url}/functions/v1/hooks/${data.path}`;
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
  });
}

const read = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Record<string, unknown>,
});

function signed(body: object, id = `msg_${randomUUID()}`): Record<string, string> {
  const time = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key)
    .update(`${id}.${time}.${JSON.stringify(body)}`)
    .digest("base64");
  return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
}

async function ended(run: unknown): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 400; tries++) {
    const { data } = await client
      .from("runs")
      .select("status, trigger, error, run_payloads(input, output)")
      .eq("id", String(run))
      .single();
    if (data && ["succeeded", "failed", "cancelled"].includes(String(data.status))) return data;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("The run did not end.");
}

describe("an unsigned webhook", () => {
  let url: string;
  beforeAll(async () => {
    url = await publishHook("plain", { maxBytes: 200_000 });
  });

  it("starts a run with what fits of the body, and answers with its id", async () => {
    const taken = await read(await post(`${url}?shop=north`, { id: "a1", total: 3, other: true }));
    expect(taken).toEqual({ status: 202, body: { run: expect.any(String), repeated: false } });
    expect(await ended(taken.body["run"])).toMatchObject({
      status: "succeeded",
      trigger: { kind: "webhook", key: "order_came" },
      run_payloads: { input: { id: "a1", total: 3 }, output: { id: "a1" } },
    });
  });

  it("starts one run for one id, and refuses that id for another body", async () => {
    const headers = { "webhook-id": "order-7" };
    const first = await read(await post(url, { id: "a7" }, headers));
    const again = await read(await post(url, { id: "a7" }, headers));
    const other = await read(await post(url, { id: "a8" }, headers));
    expect([first.status, again.status, other.status]).toEqual([202, 202, 409]);
    expect(again.body).toEqual({ run: first.body["run"], repeated: true });
    expect(other.body["code"]).toBe("RB409");
  });

  it("says what does not fit, keeps the delivery, and takes it again later", async () => {
    const headers = { "webhook-id": "order-9" };
    const refused = await read(await post(url, { total: 1 }, headers));
    expect(refused).toEqual({
      status: 422,
      body: {
        code: "input_invalid",
        message:
          "The event does not give the input this workflow asks for. id: This is required, and it is missing.",
        hint: "Change what the trigger maps, or what is sent.",
      },
    });
    const { data } = await client
      .from("firings")
      .select("status, error")
      .eq("dedupe_key", "order-9")
      .single();
    expect(data).toMatchObject({ status: "failed", error: { code: "input_invalid" } });
    expect((await post(url, { total: 1 }, headers)).status).toBe(422);
  });

  it("keeps the raw body, and none of the sender's credentials", async () => {
    const raw = '{ "id":"raw",  "total": 1 }';
    await post(url, raw, {
      "webhook-id": "raw-1",
      authorization: "Bearer hush",
      "x-shop": "north",
      "x-api-key": "hush",
    });
    const { data } = await client
      .from("firings")
      .select("firing_payloads(event, raw)")
      .eq("dedupe_key", "raw-1")
      .single();
    const payload = data!.firing_payloads as unknown as {
      event: { headers: Record<string, string> };
      raw: string;
    };
    expect(Buffer.from(payload.raw.replace(/^\\x/, ""), "hex").toString()).toBe(raw);
    expect(payload.event.headers["x-shop"]).toBe("north");
    expect(JSON.stringify(payload.event)).not.toContain("hush");
  });

  it("keeps a body over 64 KB as a file", async () => {
    const taken = await read(
      await post(url, { id: "large", filler: "x".repeat(100_000) }, { "webhook-id": "large-1" }),
    );
    expect(taken.status).toBe(202);
    const { data } = await client
      .from("firings")
      .select("firing_payloads(raw, raw_path)")
      .eq("dedupe_key", "large-1")
      .single();
    const { raw, raw_path: path } = data!.firing_payloads as unknown as { raw: null; raw_path: string };
    expect(raw).toBeNull();
    const file = await client.storage.from("runs").download(path);
    expect((await file.data?.text())?.length).toBeGreaterThan(100_000);
  });

  it("refuses what is too large, also when it is packed small", async () => {
    const large = { id: "x".repeat(300_000) };
    expect((await post(url, large)).status).toBe(413);
    const packed = Uint8Array.from(gzipSync(JSON.stringify(large)));
    expect((await post(url, packed, { "content-encoding": "gzip" })).status).toBe(413);
  });

  it("takes only the type it declares, and only POST", async () => {
    expect((await post(url, "id=a1", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(
      415,
    );
    expect((await post(url, "{", {})).status).toBe(400);
    expect((await fetch(url)).status).toBe(405);
  });

  it("stops when it is switched off, and its address when it is given another", async () => {
    const off = await publishHook("switched", {});
    const { data } = await client
      .from("triggers")
      .select("id, workflows!inner(slug)")
      .eq("workflows.slug", "switched")
      .single();
    expect(
      (await client.rpc("set_trigger", { trigger: data?.id, patch: { new_path: true } })).error,
    ).toBeNull();
    expect((await post(off, { id: "a1" })).status).toBe(404);
    const moved = await address("switched");
    expect((await post(moved, { id: "a1" })).status).toBe(202);
    await client.rpc("set_trigger", { trigger: data?.id, patch: { enabled: false } });
    expect((await post(moved, { id: "a1" })).status).toBe(404);
  });

  it("answers 429 with a time to wait over its cap", async () => {
    const capped = await publishHook("capped", { maxPerMinute: 3 });
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await post(capped, { id: `c${n}` }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 429, 429]);
    expect(answers[4]?.headers.get("retry-after")).toBe("60");
  });

  it("names its deliveries by an expression", async () => {
    const named = await publishHook("named", { dedupe: "event.body.id" });
    const [one, two, three] = await Promise.all([
      post(named, { id: "n1" }),
      post(named, { id: "n1" }),
      post(named, { id: "n2" }),
    ]);
    const runs = await Promise.all(
      [one, two, three].map(async (answer) => (await read(answer!)).body["run"]),
    );
    expect(new Set(runs).size).toBe(2);
    expect(runs[0]).toBe(runs[1]);
  });
});

describe("a signed webhook", () => {
  let url: string;
  beforeAll(async () => {
    url = await publishHook("signed", { signing: "standard", connection: "sender" });
  });

  it("takes what is signed, once", async () => {
    const body = { id: "s1" };
    const headers = signed(body);
    const first = await read(await post(url, body, headers));
    const again = await read(await post(url, body, headers));
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body["run"]).toBe(first.body["run"]);
    expect(await ended(first.body["run"])).toMatchObject({ trigger: { deliveryId: headers["webhook-id"] } });
  });

  it("S-23 answers a bad signature, an unknown address and one that is off alike, to the byte", async () => {
    const all = async (response: Response) => {
      const { date: _, ...headers } = Object.fromEntries(response.headers);
      return JSON.stringify([response.status, headers, await response.text()]);
    };
    const body = { id: "s1" };
    const path = url.split("/").at(-1) ?? "";
    const answers = [
      await post(url, body),
      await post(url, body, { ...signed(body), "webhook-signature": "v1,AAAA" }),
      await post(url, { id: "s2" }, signed(body)),
      await post(url.replace(path, "0".repeat(48)), body, signed(body)),
      await post(url.replace(path, "short"), body),
      await post(url.replace(path, path.toUpperCase()), body),
    ];
    const texts = await Promise.all(answers.map(all));
    expect(new Set(texts).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });
});

describe("a webhook that waits", () => {
  const respond = (config: object, inputs: object) => ({
    nodes: [{ id: "r", key: "say", kind: "respond", config, inputs, position: at }],
    edges: [{ id: "er", source: "k", sourcePort: "value", target: "r" }],
  });

  it("answers what the run responds", async () => {
    const url = await publishHook(
      "responds",
      { answer: "wait" },
      respond({ status: 201, headers: { "x-order": "yes" } }, { body: { expr: "{'got': input.id}" } }),
    );
    const answer = await post(url, { id: "r1" });
    expect([answer.status, answer.headers.get("x-order"), await answer.json()]).toEqual([
      201,
      "yes",
      { got: "r1" },
    ]);
  });

  it("answers the run's output where nothing responds", async () => {
    const url = await publishHook("waits", { answer: "wait" });
    expect(await read(await post(url, { id: "w1" }))).toEqual({ status: 200, body: { id: "w1" } });
  });

  it("answers that it was accepted when the run takes longer", async () => {
    const url = await publishHook(
      "slow",
      { answer: "wait", waitMs: 100 },
      {
        nodes: [{ id: "w", key: "pause", kind: "wait", config: { forMs: 60_000 }, position: at }],
        edges: [{ id: "ew", source: "k", sourcePort: "value", target: "w" }],
      },
    );
    expect(await read(await post(url, { id: "l1" }))).toEqual({
      status: 202,
      body: { run: expect.any(String), repeated: false },
    });
  });

  it("says that the run failed, and no more than its code", async () => {
    const url = await publishHook(
      "fails",
      { answer: "wait" },
      {
        nodes: [
          {
            id: "f",
            key: "stop",
            kind: "fail",
            config: { code: "no_stock" },
            inputs: { message: { literal: "inner words" } },
            position: at,
          },
        ],
        edges: [{ id: "ef", source: "k", sourcePort: "value", target: "f" }],
      },
    );
    const answer = await read(await post(url, { id: "f1" }));
    expect(answer).toMatchObject({ status: 500, body: { code: "no_stock", message: "The run failed." } });
    expect(JSON.stringify(answer)).not.toContain("inner words");
  });

  it("S-26 shows nothing of a stranger's as a page", async () => {
    const url = await publishHook(
      "page",
      { answer: "wait" },
      respond({ headers: { "content-type": "text/html" } }, { body: { ref: "input.id" } }),
    );
    const answer = await post(url, { id: "<script>alert(1)</script>" });
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
  });
});

it(
  "R-08 many deliveries, each sent one to five times over twenty connections, start one run each",
  { timeout: 120_000 },
  async () => {
    const url = await publishHook("flood", { signing: "standard", connection: "sender" });
    const ids = Number(process.env["RUNBOARD_HOOK_IDS"] ?? 200);
    const sends = Array.from({ length: ids }, (_, n) => {
      const body = { id: `order ${n}` };
      const headers = signed(body, `msg_${n}`);
      return Array.from({ length: 1 + (n % 5) }, () => ({ body, headers }));
    }).flat();
    const order = sends
      .map((send, n) => ({ send, at: (n * 7_919) % sends.length }))
      .sort((a, b) => a.at - b.at);
    const times: number[] = [];
    const statuses = new Map<number, number>();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let next = order.pop(); next; next = order.pop()) {
          const started = performance.now();
          const { status } = await post(url, next.send.body, next.send.headers);
          times.push(performance.now() - started);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    expect([...statuses]).toEqual([[202, sends.length]]);
    const { data: workflow } = await client.from("workflows").select("id").eq("slug", "flood").single();
    const { count } = await client
      .from("runs")
      .select("id", { count: "exact", head: true })
      .eq("workflow_id", workflow?.id);
    expect(count).toBe(ids);
    if (process.env["RUNBOARD_HOOK_IDS"]) {
      times.sort((a, b) => a - b);
      console.log(
        `p50 ${times[Math.floor(times.length / 2)]?.toFixed(1)} ms, p95 ${times[Math.floor(times.length * 0.95)]?.toFixed(1)} ms`,
      );
    }
  },
);
