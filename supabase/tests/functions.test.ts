import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Our functions that match a condition on pg_proc `p`. */
async function functionsWhere(condition: string): Promise<string[]> {
  const rows = await db.sql.unsafe(`
    select p.pronamespace::regnamespace || '.' || p.proname as name from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace) and (${condition})
    order by 1`);
  return rows.map((row) => row["name"]);
}

test("every function pins an empty search path", async () => {
  expect(await functionsWhere(`not coalesce('search_path=""' = any (p.proconfig), false)`)).toEqual([]);
});

test("the functions that run with their owner's rights are these", async () => {
  expect(await functionsWhere("p.prosecdef")).toEqual([
    "engine.announce_events",
    "engine.ask_host",
    "engine.claim_steps",
    "engine.delete_run_parts",
    "engine.due_triggers",
    "engine.files_removed",
    "engine.fire_hook",
    "engine.fire_trigger",
    "engine.gate_connection",
    "engine.get_connection",
    "engine.heartbeat",
    "engine.hook_answer",
    "engine.hook_of",
    "engine.keep_profile",
    "engine.lay_out_version",
    "engine.make_event_partitions",
    "engine.mark_started",
    "engine.may_receive",
    "engine.may_send",
    "engine.metrics",
    "engine.my_payload_workspaces",
    "engine.my_peers",
    "engine.my_workspaces",
    "engine.note_calls",
    "engine.number_run_move",
    "engine.open_firings",
    "engine.plan_slots",
    "engine.publish_version",
    "engine.put_connection",
    "engine.put_tools",
    "engine.query_rows",
    "engine.record_ahead",
    "engine.record_new_steps",
    "engine.record_run_moves",
    "engine.record_step_moves",
    "engine.register_worker",
    "engine.release_lane_waiters",
    "engine.release_workflow_waiters",
    "engine.report_steps",
    "engine.reserve_budget",
    "engine.retain",
    "engine.start_run_as",
    "engine.surroundings",
    "engine.sweep",
    "engine.sync_triggers",
    "engine.take_file_removals",
    "engine.worker_idle",
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

test("no function is longer than 80 lines", async () => {
  expect(await functionsWhere("cardinality(string_to_array(btrim(p.prosrc, E'\\n'), E'\\n')) > 80")).toEqual(
    [],
  );
});

test("no function and no policy trusts what people may write into their own account", async () => {
  expect(await functionsWhere("p.prosrc ~ 'user_meta'")).toEqual([]);
  const policies =
    await db.sql`select policyname from pg_policies where coalesce(qual, '') || coalesce(with_check, '') ~ 'user_meta'`;
  expect([...policies]).toEqual([]);
});

test("views run with the reader's rights", async () => {
  const views = await db.sql`
    select relname from pg_class
    where relkind = 'v' and relnamespace in ('public'::regnamespace, 'engine'::regnamespace)
      and not coalesce('security_invoker=true' = any (reloptions), false)`;
  expect([...views]).toEqual([]);
});

test("no two verbs share a name, which REST could not tell apart", async () => {
  const rows = await db.sql`
    select proname from pg_proc where pronamespace = 'public'::regnamespace group by proname having count(*) > 1`;
  expect([...rows]).toEqual([]);
});
