import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateApiKey } from "@supabase/lite";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Database } from "../../src/data/database.gen.ts";
import { setRolePasswords } from "../../supabase/embedded/bootstrap.ts";
import { type Lite, startLite } from "../../supabase/embedded/lite.ts";
import { emptyPlan } from "../../supabase/tests/plans.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

// Our verbs as the app calls them: supabase-js, REST, row security, real tokens.
let db: TestDatabase;
let lite: Lite;
let publishableKey: string;
let files: string;
beforeAll(async () => {
  db = await createTestDatabase();
  const url = new URL(db.url);
  await setRolePasswords(db.url, { supabase_gateway: url.password });
  url.username = "supabase_gateway";
  publishableKey = (await generateApiKey("publishable")).key;
  files = mkdtempSync(join(tmpdir(), "runboard-files-"));
  lite = await startLite({
    databaseUrl: url.href,
    jwtSecret: "a secret of more than thirty-two characters",
    publishableKey,
    secretKey: (await generateApiKey("secret")).key,
    siteUrl: "http://127.0.0.1",
    signup: "open",
    isFirstRun: async () => false,
    filesDir: files,
    jwtExpirySeconds: 3600,
  });
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterAll(async () => {
  await lite?.close();
  await db?.drop();
  rmSync(files, { recursive: true, force: true });
});

function connect(): SupabaseClient<Database> {
  return createClient<Database>("http://127.0.0.1", publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: (input, init) => lite.fetch(new Request(input, init), "127.0.0.1") },
  });
}

async function signUp(email: string): Promise<SupabaseClient<Database>> {
  const client = connect();
  const { error } = await client.auth.signUp({ email, password: "correct horse" });
  expect(error).toBe(null);
  return client;
}

async function createDraft(
  client: SupabaseClient<Database>,
): Promise<{ workspace: string; workflow: string }> {
  const workspace = await client.rpc("create_workspace", { name: "Over REST" });
  const workflow = await client.rpc("create_workflow", {
    workspace: workspace.data?.id ?? "",
    slug: null,
    title: "Draft",
    doc: { schemaVersion: 1, nodes: [], edges: [] },
  });
  expect(workflow.error).toBe(null);
  return { workspace: workspace.data?.id ?? "", workflow: workflow.data?.id ?? "" };
}

test("a document travels as JSON, there and back", async () => {
  const client = await signUp("json@example.com");
  const { workflow } = await createDraft(client);
  const doc = {
    schemaVersion: 1,
    nodes: [{ id: "n1", title: 'say "hi"' }],
    edges: [],
    variables: { a: null, b: [1, 2.5] },
  };
  const saved = await client.rpc("save_draft", { workflow, doc, revision: 1 });
  expect(saved.data).toMatchObject({ revision: 2 });
  const { data } = await client.from("drafts").select("doc, revision").eq("workflow_id", workflow).single();
  expect(data).toEqual({ doc, revision: 2 });
});

test("times arrive as ISO 8601", async () => {
  const client = await signUp("times@example.com");
  await createDraft(client);
  const { data } = await client.from("workflows").select("created_at").single();
  expect(data?.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/);
});

describe("a refusal keeps its status, code, message and hint", () => {
  test("conflict", async () => {
    const client = await signUp("conflict@example.com");
    const { workflow } = await createDraft(client);
    const late = await client.rpc("save_draft", { workflow, doc: { nodes: [], edges: [] }, revision: 9 });
    expect(late.status).toBe(409);
    expect(late.error).toMatchObject({
      code: "RB409",
      message: "The draft was saved elsewhere: it is at revision 1, your changes start from 9.",
      hint: "Load the draft again and repeat your change, or keep yours as a copy.",
    });
  });

  test("not found, for what is missing and for what is somebody else's", async () => {
    const { workflow } = await createDraft(await signUp("mine@example.com"));
    const other = await signUp("other@example.com");
    for (const target of [workflow, "00000000-0000-4000-8000-000000000000"]) {
      const refused = await other.rpc("update_workflow", { workflow: target, patch: { title: "Mine now" } });
      expect(refused.status).toBe(404);
      expect(refused.error?.code).toBe("RB404");
    }
    expect((await other.from("workflows").select("id")).data).toEqual([]);
  });

  test("invalid", async () => {
    const client = await signUp("invalid@example.com");
    const refused = await client.rpc("create_workspace", { name: " " });
    expect(refused.status).toBe(422);
    expect(refused.error).toMatchObject({ code: "RB422", hint: "Give it another name." });
  });

  test("nobody signed in", async () => {
    expect((await connect().rpc("create_workspace", { name: "X" })).status).toBe(401);
    expect((await connect().from("workspaces").select("id")).status).toBe(401);
  });
});

test("rows that belong together are read in one request", async () => {
  const client = await signUp("embed@example.com");
  await createDraft(client);
  const { data } = await client
    .from("workspaces")
    .select("name, lanes(name), members(role), workflows(slug, drafts(revision))")
    .single();
  expect(data).toEqual({
    name: "Over REST",
    lanes: [{ name: "A" }, { name: "B" }, { name: "C" }, { name: "D" }],
    members: [{ role: "owner" }],
    workflows: [{ slug: "draft", drafts: { revision: 1 } }],
  });
});

test("a run is started once for one Idempotency-Key", async () => {
  const client = await signUp("once@example.com");
  const { workflow } = await createDraft(client);
  const plan = { ...emptyPlan("c"), input: { type: "object", properties: { n: { type: "number" } } } };
  const [owner] = await db.sql`select created_by from public.workflows where id = ${workflow}`;
  await db.sql`
    select engine.publish_version(${owner!["created_by"]}, ${workflow}, '{}', ${JSON.stringify(plan)}::text::jsonb, ${plan.planHash}, 'one', 'published')`;
  const start = (n: number, key: string) =>
    client.rpc("start_run", { workflow, input: { n } }).setHeader("Idempotency-Key", key);
  const first = await start(1, "order-1");
  expect(first).toMatchObject({ error: null, data: { existing: false } });
  const runOf = ({ data }: { data: unknown }) => (data as { run_id: string } | null)?.run_id;
  const again = await start(1, "order-1");
  expect(again.data).toEqual({ existing: true, run_id: runOf(first) });
  expect(await start(2, "order-1")).toMatchObject({ status: 409, error: { code: "RB409" } });
  expect(runOf(await start(1, "order-2"))).not.toBe(runOf(first));
});
