// One verb on many runs: which runs, how far, exactly once, and when it stops.
import postgres from "postgres";
import { expect, it } from "vitest";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { workOff } from "./work-off.ts";
import {
  database,
  sql,
  stage,
  failMany,
  bulk,
  workOperations,
  workAll,
  progress,
  countOf,
} from "./bulk-scene.ts";

it("goes to each run by its key, whatever else is open", async () => {
  const { workflow } = await failMany(150);
  const reads = async (index: string) => {
    const [row] =
      await sql`select idx_tup_read::int as n from pg_stat_user_indexes where indexrelname = ${index}`;
    return Number(row?.["n"]);
  };
  // The planner last saw no run open, so that the index of open runs looks like nothing to read.
  await sql.unsafe("analyze public.runs");
  await sql.unsafe("vacuum (analyze) public.steps");
  const before = await reads("runs_open");
  await bulk("retry", { workflow, status: "failed" });
  const worker = postgres(database.url, { max: 1, onnotice: () => {} });
  // As the sweep has it.
  await worker.unsafe(`set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off;
    set enable_mergejoin = off; set join_collapse_limit = 1`);
  while ((await workOperations(worker)) > 0);
  await worker`select pg_stat_force_next_flush()`;
  await worker.end();
  expect(await countOf("queued", workflow)).toBe(150);
  // Read whole for each, it would be sixteen thousand.
  expect((await reads("runs_open")) - before).toBeLessThan(8_000);
}, 60_000);

it("retries 200 runs exactly once though whoever worked on them was killed", async () => {
  const { workflow } = await failMany(200);
  const made = await bulk("retry", { workflow, status: "failed" });
  expect(made.total).toBe(200);
  const doomed = postgres(database.url, { max: 1, onnotice: () => {} });
  const [own] = await doomed`select pg_backend_pid() as pid`;
  await doomed`begin`;
  expect(await workOperations(doomed)).toBeGreaterThan(0);
  // Meanwhile somebody else finds the operation taken.
  expect(await workOperations()).toBe(0);
  await sql`select pg_terminate_backend(${own?.["pid"]})`;
  await doomed.end({ timeout: 1 });
  await expect.poll(() => workOperations()).toBeGreaterThan(0);
  await Promise.all([workAll(), workAll(), workAll()]);
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({
    status: "done",
    total: 200,
    done: 200,
    failed: 0,
  });
  const again = await sql`
    select run.retry_count, count(*)::int as runs from public.runs as run where workflow_id = ${workflow} group by 1`;
  expect([...again]).toEqual([{ retry_count: 1, runs: 200 }]);
  const [events] = await sql`
    select count(*)::int as n from public.run_events join public.runs as run on run.id = run_id
    where run.workflow_id = ${workflow} and kind = 'run.retried'`;
  expect(events).toEqual({ n: 200 });
  await workOff(sql);
  expect(await countOf("succeeded", workflow)).toBe(200);
}, 120_000);

it("sets aside the runs somebody has to look at, and says why", async () => {
  const steps = [step("mail", { effect: "at_most_once", retry: { maxAttempts: 1 } })];
  const { workflow, runs } = await failMany(2, steps, { mail: "transient" });
  const other = await failMany(1);
  const made = await bulk("retry", { ids: [...runs, ...other.runs] });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({
    status: "done",
    total: 3,
    done: 1,
    set_aside: 2,
    failed: 0,
  });
  const aside = await sql`
    select distinct reason from public.operation_runs where operation_id = ${made.operation_id} and status = 'set_aside'`;
  expect([...aside]).toEqual([{ reason: "Somebody has to say whether this may happen again: mail" }]);
  expect(await countOf("failed", workflow)).toBe(2);
});

it("counts a run the verb refuses, and goes on", async () => {
  const { workflow, runs } = await failMany(2);
  const made = await bulk("retry", { workflow });
  await asUser(sql, stage, (tx) => tx`select public.retry_run(${runs[0]!}) as answer`);
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "done", done: 1, failed: 1 });
  const refused = await sql`
    select reason from public.operation_runs where operation_id = ${made.operation_id} and status = 'failed'`;
  expect([...refused]).toEqual([{ reason: "The run has not ended, so there is nothing to retry yet." }]);
});

it("leaves a run that somebody holds for the next slice", async () => {
  const { workflow, runs } = await failMany(2);
  const made = await bulk("retry", { workflow });
  await sql.begin(async (holder) => {
    await holder`select from public.runs where id = ${runs[0]!} for update`;
    expect(await workOperations()).toBe(1);
  });
  expect(await progress(made.operation_id)).toMatchObject({ status: "running", done: 1 });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "done", done: 2 });
});

it("stops between slices when it is aborted", async () => {
  const { workflow } = await failMany(3);
  const made = await bulk("retry", { workflow }, { canary: true });
  await workOperations();
  const abort = () =>
    asUser(sql, stage, (tx) => tx`select public.abort_operation(${made.operation_id}) as answer`);
  expect(await abort()).toEqual({ status: "aborted", done: 1, total: 3 });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "aborted", done: 1 });
  await expect(abort()).rejects.toMatchObject({ code: "RB409" });
});

it("tries one run, then five percent, then all, each time after the runs before have ended", async () => {
  const { workflow } = await failMany(60);
  const made = await bulk("retry", { workflow }, { canary: true });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "running", done: 1, stage: 1 });
  await workOff(sql);
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "running", done: 3, stage: 2 });
  await workOff(sql);
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "done", done: 60, stage: 3 });
});

it("stops when a canary fails with the same code again, and not when it fails with another", async () => {
  const { workflow } = await failMany(10);
  const made = await bulk("retry", { workflow }, { canary: true });
  await workAll();
  await workOff(sql, { b: "auth" });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "running", done: 2, stage: 2 });
  await workOff(sql, { b: "permanent" });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({
    status: "stopped",
    done: 2,
    reason: expect.stringMatching(/failed again with permanent\.$/),
  });
  expect(await countOf("failed", workflow)).toBe(10);
});

it("a canary that needs a person does not count as tried", async () => {
  const steps = [step("mail", { effect: "at_most_once", retry: { maxAttempts: 1 } })];
  const plain = await failMany(3);
  // The newest runs come first.
  const asking = await failMany(1, steps, { mail: "transient" });
  const made = await bulk("retry", { ids: [...plain.runs, ...asking.runs] }, { canary: true });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ done: 1, set_aside: 1, stage: 1 });
});
