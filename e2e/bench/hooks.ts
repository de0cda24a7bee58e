// Measures webhooks: `npm run bench:hooks [-- --json FILE --ids N --connections N]`. The whole product in processes of its own, as `npm start`
// runs it; every delivery that counts starts a run, and the worker executes them meanwhile. Compare figures of one run on one machine only.
import { spawn } from "node:child_process";
import { createHmac, randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Agent, request } from "undici";
import { median } from "./loads.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    ids: { type: "string", default: "5000" },
    connections: { type: "string", default: "20" },
    probes: { type: "string", default: "200" },
  },
});
const ids = Number(values.ids);
const connections = Number(values.connections);
const probes = Number(values.probes);
const secret = Buffer.from("a secret of the sender's");
const round = (value: number) => Number(value.toFixed(1));

interface Product {
  readonly url: string;
  stop(): Promise<void>;
}

async function startProduct(): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), "runboard-bench-"));
  const main = join(import.meta.dirname, "../../supabase/embedded/main.ts");
  const child = spawn(process.execPath, [main, "--headless", "--api-only", "--port", "0", "--home", home], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, RUNBOARD_HOOKS_PER_MINUTE: "1000000" },
  });
  const ended = new Promise((done) => child.once("exit", done));
  for await (const line of createInterface(child.stdout)) {
    const url = /^ready (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      async stop() {
        child.kill("SIGTERM");
        await ended;
        rmSync(home, { recursive: true, force: true });
      },
    };
  }
  throw new Error("The product did not start.");
}

/** A person with a workspace and a signing connection. */
async function signUp(url: string) {
  const { publishableKey } = (await (await fetch(`${url}/config.json`)).json()) as { publishableKey: string };
  const client = createClient(url, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const account = await client.auth.signUp({ email: "bench@example.com", password: "correct horse battery" });
  if (account.error) throw account.error;
  const workspace = await client.rpc("create_workspace", { name: "Bench" });
  if (workspace.error) throw workspace.error;
  const workspaceId: string = workspace.data.id;
  await invoke(client, "connections", {
    workspaceId,
    slug: "sender",
    kind: "signing",
    title: "Sender",
    secret: `whsec_${secret.toString("base64")}`,
  });
  return { client, workspaceId };
}

async function invoke(client: SupabaseClient, name: string, body: object): Promise<void> {
  const { error } = await client.functions.invoke(name, { body });
  if (error) throw new Error(`${name}: ${await error.context?.text?.()}`);
}

/** Publishes a workflow of one step that a signed webhook starts. @returns its id and the webhook's path */
async function publishHook(client: SupabaseClient, workspaceId: string, slug: string) {
  const position = { x: 0, y: 0 };
  const doc = {
    schemaVersion: 1,
    input: {
      type: "object",
      required: ["id"],
      properties: { id: { type: "string" }, n: { type: "number" } },
    },
    nodes: [
      {
        id: "t",
        key: "came",
        kind: "trigger-webhook",
        config: { signing: "standard", connection: "sender" },
        inputs: {},
        position,
      },
      { id: "k", key: "keep", kind: "transform", config: { fields: { id: { ref: "input.id" } } }, position },
    ],
    edges: [{ id: "e", source: "t", sourcePort: "input", target: "k" }],
  };
  const made = await client.rpc("create_workflow", {
    workspace: workspaceId,
    slug,
    title: slug,
    description: "",
    doc,
  });
  if (made.error) throw made.error;
  const workflowId: string = made.data.id;
  await invoke(client, "publish", { workflowId });
  const found = await client
    .from("hook_paths")
    .select("path, trigger_id, triggers!inner(workflow_id)")
    .eq("triggers.workflow_id", workflowId)
    .single();
  if (found.error) throw found.error;
  return { workflowId, path: String(found.data.path), triggerId: String(found.data.trigger_id) };
}

function signed(id: string, body: string): Record<string, string> {
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", secret).update(`${id}.${time}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

function poster(url: string, agent: Agent) {
  return async (path: string, body: string, headers: Record<string, string>): Promise<Answer> => {
    const began = performance.now();
    const answer = await request(`${url}/functions/v1/hooks/${path}`, {
      method: "POST",
      dispatcher: agent,
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, ms: performance.now() - began };
  };
}
type Post = ReturnType<typeof poster>;

/** Each id one to five times, shuffled; one in fifty once more with another body. */
function deliveries() {
  const all: { id: string; body: string; changed: boolean }[] = [];
  for (let n = 0; n < ids; n += 1) {
    const id = `msg_${randomUUID()}`;
    const copies = 1 + (n % 5);
    for (let copy = 0; copy < copies; copy += 1)
      all.push({ id, body: JSON.stringify({ id, n }), changed: false });
  }
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    const [a, b] = [all[at], all[other]];
    if (a && b) [all[at], all[other]] = [b, a];
  }
  const seen = new Set(all.map(({ id }) => id));
  const changed = [...seen].filter((_, n) => n % 50 === 0);
  return { all, changed };
}

async function flood(post: Post, path: string) {
  const { all, changed } = deliveries();
  const answers: Answer[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let at = next++; at < all.length; at = next++) {
        const one = all[at];
        if (one) answers.push(await post(path, one.body, signed(one.id, one.body)));
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const refused = await Promise.all(
    changed.map((id) => post(path, JSON.stringify({ id, n: -1 }), signed(id, JSON.stringify({ id, n: -1 })))),
  );
  const times = answers.map(({ ms }) => ms);
  return {
    deliveries: all.length,
    accepted: answers.filter(({ status }) => status === 202).length,
    perS: Math.round(all.length / seconds),
    p50Ms: round(median(times)),
    p95Ms: round(median(times, 0.95)),
    p99Ms: round(median(times, 0.99)),
    changed: changed.length,
    refused: refused.filter(({ status }) => status === 409).length,
  };
}

/** S-23: whether an address nobody has, one that is off and a bad signature can be told apart, by answer or by time. */
async function probe(post: Post, path: string, disabled: string) {
  const body = JSON.stringify({ id: "probe" });
  const ways: Record<string, () => Promise<Answer>> = {
    unknown: () => post("0".repeat(48), body, signed(randomUUID(), body)),
    disabled: () => post(disabled, body, signed(randomUUID(), body)),
    badlySigned: () => post(path, body, { ...signed(randomUUID(), body), "webhook-signature": "v1,AAAA" }),
  };
  const times: Record<string, number[]> = {};
  const texts = new Set<string>();
  for (let n = 0; n < probes; n += 1)
    for (const [name, ask] of Object.entries(ways)) {
      const { status, text, ms } = await ask();
      texts.add(`${status} ${text}`);
      (times[name] ??= []).push(ms);
    }
  const medians = Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, Number(median(list).toFixed(2))]),
  );
  const all = Object.values(medians);
  return {
    medianMs: medians,
    apartMs: Number((Math.max(...all) - Math.min(...all)).toFixed(2)),
    alike: texts.size === 1,
  };
}

const product = await startProduct();
const agent = new Agent({ connections, pipelining: 1 });
try {
  const { client, workspaceId } = await signUp(product.url);
  const hook = await publishHook(client, workspaceId, "orders");
  const off = await publishHook(client, workspaceId, "off");
  const disabled = await client.rpc("set_trigger", {
    trigger: off.triggerId,
    patch: { enabled: false },
  });
  if (disabled.error) throw disabled.error;
  const post = poster(product.url, agent);
  const countRuns = async () =>
    (
      await client
        .from("runs")
        .select("id", { count: "exact", head: true })
        .eq("workflow_id", hook.workflowId)
    ).count ?? -1;
  for (let n = 0; n < 200; n += 1) {
    const body = JSON.stringify({ id: `warm ${n}` });
    await post(hook.path, body, signed(randomUUID(), body));
  }
  const before = await countRuns();
  const told = await probe(post, hook.path, off.path);
  const figures = await flood(post, hook.path);
  const runs = (await countRuns()) - before;
  const result = { hooks: { ids, connections, ...figures, runs, probe: told } };
  console.log(`hooks   ${figures.deliveries} deliveries of ${ids} ids over ${connections} connections: ${runs} runs, ${figures.perS} deliveries/s
        answered in ${figures.p50Ms} ms, p95 ${figures.p95Ms}, p99 ${figures.p99Ms}; ${figures.refused} of ${figures.changed} changed bodies refused
        unknown ${told.medianMs["unknown"]} ms, disabled ${told.medianMs["disabled"]}, badly signed ${told.medianMs["badlySigned"]}: answers ${told.alike ? "alike" : "DIFFER"}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await agent.close();
  await product.stop();
}
