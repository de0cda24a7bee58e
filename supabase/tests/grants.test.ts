import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const OURS = ["public", "engine"];

/** `schema.table: PRIVILEGE, …` for everything this role was granted on tables, views and partitions. */
async function tableGrants(role: string): Promise<string[]> {
  const rows = await db.sql`
    select n.nspname || '.' || c.relname || ': ' || string_agg(g.privilege_type, ', ' order by g.privilege_type) as line
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral aclexplode(c.relacl) as g
    where n.nspname = any (${OURS}) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and g.grantee = (case when ${role} = 'public' then 0 else (select oid from pg_roles where rolname = ${role}) end)
    group by n.nspname, c.relname
    order by 1`;
  return rows.map((row) => row["line"]);
}

/** Names of the functions a role may execute, by whatever way it got the right. */
async function mayExecute(role: string): Promise<string[]> {
  const rows = await db.sql`
    select distinct n.nspname || '.' || p.proname as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = any (${OURS}) and has_function_privilege(${role}, p.oid, 'execute')
    order by 1`;
  return rows.map((row) => row["name"]);
}

test.for(["anon", "service_role", "public", "runboard_engine"])("%s is granted no table", async (role) => {
  expect(await tableGrants(role)).toEqual([]);
});

test("signed-in people may select from the tables of the API and nothing more", async () => {
  expect(await tableGrants("authenticated")).toEqual(
    [
      "approvals",
      "artifacts",
      "attempt_payloads",
      "attempts",
      "audit_log",
      "connections",
      "drafts",
      "firing_payloads",
      "firings",
      "hook_paths",
      "lanes",
      "members",
      "operation_runs",
      "operations",
      "profiles",
      "proofs",
      "rollups",
      "run_events",
      "run_payloads",
      "runs",
      "step_payloads",
      "steps",
      "tools",
      "triggers",
      "versions",
      "workflows",
      "workspaces",
    ].map((table) => `public.${table}: SELECT`),
  );
});

test.for(["anon", "service_role"])("%s may execute nothing of ours", async (role) => {
  expect(await mayExecute(role)).toEqual([]);
});

test("signed-in people may execute the verbs and what policies ask, and nothing more", async () => {
  expect(await mayExecute("authenticated")).toEqual([
    "engine.may_receive",
    "engine.may_send",
    "engine.my_payload_workspaces",
    "engine.my_peers",
    "engine.my_workspaces",
    "engine.uuid_or_null",
    "public.abort_operation",
    "public.add_member",
    "public.bulk_cancel",
    "public.bulk_move",
    "public.bulk_retry",
    "public.cancel_run",
    "public.change_member",
    "public.create_workflow",
    "public.create_workspace",
    "public.decide_approval",
    "public.delete_connection",
    "public.engine_status",
    "public.move_run",
    "public.pause_run",
    "public.remove_member",
    "public.resume_run",
    "public.retry_preview",
    "public.retry_run",
    "public.save_draft",
    "public.send_signal",
    "public.set_lane",
    "public.set_trigger",
    "public.set_workspace",
    "public.signal_runs",
    "public.start_run",
    "public.submit_form",
    "public.top_up_run",
    "public.update_workflow",
  ]);
});

test("the workers' role may execute these functions and nothing more", async () => {
  expect(await mayExecute("runboard_engine")).toEqual([
    "engine.ask_host",
    "engine.claim_steps",
    "engine.due_triggers",
    "engine.files_removed",
    "engine.fire_hook",
    "engine.fire_trigger",
    "engine.get_connection",
    "engine.heartbeat",
    "engine.hook_answer",
    "engine.hook_of",
    "engine.mark_started",
    "engine.metrics",
    "engine.note_calls",
    "engine.open_firings",
    "engine.plan_slots",
    "engine.publish_version",
    "engine.put_connection",
    "engine.put_tools",
    "engine.query_rows",
    "engine.record_ahead",
    "engine.register_worker",
    "engine.report_steps",
    "engine.reserve_budget",
    "engine.surroundings",
    "engine.sweep",
    "engine.take_file_removals",
    "engine.worker_idle",
  ]);
});

test("nobody but its owner may create anything in our schemas, and people cannot name the machine's", async () => {
  const rows = await db.sql`
    select role, schema, has_schema_privilege(role, schema, 'usage') as usage, has_schema_privilege(role, schema, 'create') as create
    from unnest(array['anon', 'authenticated', 'service_role', 'runboard_engine']) as role,
      unnest(array['engine', 'public']) as schema
    order by schema, role`;
  expect(rows.filter((row) => row["create"])).toEqual([]);
  expect(rows.filter((row) => row["schema"] === "engine" && row["usage"]).map((row) => row["role"])).toEqual([
    "runboard_engine",
  ]);
});

test("a person cannot call the machine even by its full name", async () => {
  const id = await db.createUser("curious@example.com");
  await expect(db.asUser(id)`select engine.claim_steps('me', 1, 1000)`).rejects.toMatchObject({
    code: "42501",
  });
  await expect(db.asUser(id)`select * from engine.connection_secrets`).rejects.toMatchObject({
    code: "42501",
  });
});

test("tables are published to nobody: a deleted row would be announced past row security", async () => {
  const rows = await db.sql`
    select pubname, tablename from pg_publication_tables where schemaname = any (${OURS})`;
  expect([...rows]).toEqual([]);
});
