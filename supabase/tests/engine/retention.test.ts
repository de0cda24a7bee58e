// Retention removes ended runs in slices, with everything of theirs, and nothing anybody still leans on.
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { ScriptedWorker } from "../../../e2e/engine/scripted-worker.ts";
import { fails, parks, scenario, step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: its engine clock is moved.
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(async () => {
  await sql`truncate public.runs cascade`;
  await sql`truncate engine.file_removals, engine.rollup_deltas, public.rollups, public.run_events`;
  await setClock("0");
  stage = await setStage(sql);
});

const setClock = (offset: string) => sql`select set_config('engine.clock_offset', ${offset}, false)`;
const publish = (days: number, slug = "short") =>
  stage.publish(slug, planOf({ steps: [step("only")], settings: { retentionDays: days } }, "Short"));

async function start(workflowId: string): Promise<string> {
  const started = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflowId}) as answer`,
  );
  return started.run_id;
}

/** Works until nothing is left; steps called `only` answer as given. */
async function finish(outcomes: Parameters<typeof scenario>[0]["outcomes"] = {}): Promise<void> {
  const worker = new ScriptedWorker(
    sql,
    scenario({ steps: [], outcomes: outcomes ?? {}, ends: "succeeded" }),
    "never",
  );
  while (await worker.claim()) await worker.reportAll();
}
const retain = async (limit = 100) => {
  const [row] = await sql<{ removed: number }[]>`select engine.retain(${limit}) as removed`;
  return row?.removed;
};
const left = async () => (await sql<{ id: string }[]>`select id from public.runs`).map(({ id }) => id);

it("keeps runs as long as their workflow says, and then removes them whole", async () => {
  const short = await start(await publish(7));
  const long = await start(await publish(30, "long"));
  await finish();
  await setClock("6 days");
  expect(await retain()).toBe(0);
  await setClock("8 days");
  expect(await retain()).toBe(1);
  expect(await left()).toEqual([long]);
  const tables = ["run_payloads", "steps", "step_payloads", "attempts", "attempt_payloads", "run_events"];
  for (const table of tables)
    expect(await sql`select from ${sql(`public.${table}`)} where run_id = ${short}`, table).toHaveLength(0);
});

it("never removes a run that is open", async () => {
  const waits = await start(await publish(1));
  const until = { for: "timer", until: "2100-01-01T00:00:00.000Z" } as const;
  await finish({ only: [parks(until)] });
  await setClock("90 days");
  expect(await retain()).toBe(0);
  expect(await left()).toEqual([waits]);
});

it("counts from the end: a run that was resumed lately stays", async () => {
  const resumed = await start(await publish(7));
  await finish({ only: [fails("permanent")] });
  await setClock("6 days");
  await asUser(sql, stage, (tx) => tx`select public.retry_run(${resumed}) as answer`);
  await finish();
  await setClock("8 days");
  expect(await retain()).toBe(0);
});

it("removes a slice at a time", async () => {
  const workflowId = await publish(1);
  for (let n = 0; n < 5; n++) await start(workflowId);
  await finish();
  await setClock("2 days");
  expect([await retain(2), await retain(2), await retain(2), await retain(2)]).toEqual([2, 2, 1, 0]);
});

it("keeps a run whose outputs a younger retry reuses until that one goes", async () => {
  const first = await start(await publish(7));
  await finish({ only: [fails("permanent")] });
  await setClock("5 days");
  const again = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.retry_run(${first}, 'restart') as answer`,
  );
  await finish();
  await setClock("8 days");
  expect(await retain()).toBe(0);
  await setClock("13 days");
  expect([await retain(), await left()]).toEqual([1, [first]]);
  expect(again.run_id).not.toBe(first);
  expect([await retain(), await left()]).toEqual([1, []]);
});

it("leaves the rollups as they are", async () => {
  await start(await publish(1));
  await finish();
  await sql`select engine.fold_rollups('0 s')`;
  await setClock("2 days");
  await retain();
  expect([...(await sql`select started, succeeded from public.rollups`)]).toEqual([
    { started: 1, succeeded: 1 },
  ]);
});

it("is done by the sweep, which also makes partitions ahead and drops empty ones", async () => {
  await start(await publish(1));
  await finish();
  await setClock("70 days");
  await sql`update engine.chores set due_at = '-infinity'`;
  await sql`select engine.sweep()`;
  expect(await left()).toEqual([]);
  await setClock("70 days 2 hours");
  await sql`select engine.sweep()`;
  const [row] = await sql<{ past: number; ahead: number }[]>`
    select count(*) filter (where relname < this.name)::int as past, count(*) filter (where relname > this.name)::int as ahead
    from pg_class join pg_inherits on inhrelid = oid
    cross join (select 'run_events_' || to_char(date_trunc('week', engine.now(), 'UTC') at time zone 'UTC', 'YYYY_MM_DD') as name) as this
    where inhparent = 'public.run_events'::regclass and relname ~ '\\d\\d$'`;
  expect(row).toEqual({ past: 0, ahead: 8 });
});

it("hands the removed runs' files to the workers until they say that they are gone", async () => {
  const run = await start(await publish(1));
  await finish();
  const other = `${stage.workspaceId}/${run.slice(0, -1)}/kept.json`;
  const files = ["a.json", "artifacts/b"].map((name) => `${stage.workspaceId}/${run}/${name}`);
  for (const name of [...files, other])
    await sql`insert into storage.objects (bucket_id, name) values ('runs', ${name})`;
  await setClock("2 days");
  await retain();
  const take = async () => {
    const [row] = await sql<{ taken: string[] }[]>`select engine.take_file_removals(10) as taken`;
    return row?.taken.toSorted();
  };
  expect([await take(), await take()]).toEqual([files, []]);
  await setClock("2 days 61 s");
  expect(await take()).toEqual(files);
  await sql`select engine.files_removed(${files})`;
  await setClock("2 days 122 s");
  expect(await take()).toEqual([]);
});
