// Who is woken when there is something to claim: somebody always, and no more workers than are of use.
import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
let workflow: string;
let heard: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  stage = await setStage(sql);
  workflow = await stage.publish("one-step", planOf({ steps: [step("a")] }, "One step"));
  heard = [];
  await sql.listen("runboard_wake", (name) => heard.push(name));
});
afterEach(() => database.drop());

const start = (on: postgres.ISql = sql): Promise<unknown> =>
  on`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')`;

interface Known {
  readonly sleeping?: boolean;
  readonly slots?: number;
  readonly cores?: number | null;
  /** When its session began. */
  readonly since?: string;
}

/** A worker with a session, of two processors and eight slots unless said otherwise. */
async function known(
  worker: string,
  { sleeping = false, slots = 8, cores = 2, since }: Known = {},
): Promise<void> {
  await sql`
    insert into engine.workers (worker, hears, sleeping, slots, database_cores, pid, session_started)
    values (${worker}, true, ${sleeping}, ${slots}, ${cores}, 1, ${since ?? sql`now()`})`;
}

/** From now on, and for less than what a worker says at most. */
const looks = (worker: string): Promise<unknown> =>
  sql`update engine.workers set looks_until = clock_timestamp() + interval '240 ms' where worker = ${worker}`;

const claim = async (worker: string, limit: number): Promise<{ runId: string; attempt: number }[]> =>
  (await sql`select engine.claim_steps(${worker}, ${limit}, 60000) as claimed`)[0]?.["claimed"];

const sleepers = async (): Promise<string[]> =>
  (await sql<{ worker: string }[]>`select worker from engine.workers where sleeping order by worker`).map(
    ({ worker }) => worker,
  );

/** The workers woken so far, once what was notified before has arrived. */
async function settled(): Promise<string[]> {
  const mark = randomUUID();
  await sql`select pg_notify('runboard_wake', ${mark})`;
  await expect.poll(() => heard.at(-1)).toBe(mark);
  heard.pop();
  return [...heard];
}

it("wakes a sleeping worker once, and nobody when nobody sleeps", async () => {
  await start();
  await sql`select engine.worker_idle('sleeper')`;
  await start();
  await start();
  expect(await settled()).toHaveLength(1);
  expect(await sleepers()).toEqual([]);
});

it("wakes one worker for starts that commit together", async () => {
  for (const worker of ["w1", "w2", "w3"]) await known(worker, { sleeping: true });
  await sql.begin(async (first) => {
    await start(first);
    await sql.begin((second) => start(second));
  });
  expect(await settled()).toHaveLength(1);
  expect(await sleepers()).toHaveLength(2);
});

it("waits for a sleeper that says again that it sleeps, and wakes it", async () => {
  await known("w1", { sleeping: true });
  const waiting = async (): Promise<number> =>
    (await sql<{ n: number }[]>`select count(*)::int as n from pg_locks where not granted`)[0]?.n ?? 0;
  let starting: Promise<unknown> = Promise.resolve();
  await sql.begin(async (tx) => {
    await tx`select engine.worker_idle('w1')`;
    starting = start().then(() => undefined);
    await expect.poll(waiting).toBe(1);
  });
  await starting;
  expect(await settled()).toEqual(["w1"]);
});

it("wakes the worker first that has been up longest", async () => {
  await known("younger", { sleeping: true, since: "2026-01-02" });
  await known("oldest", { sleeping: true, since: "2026-01-01" });
  await known("youngest", { sleeping: true });
  await start();
  expect(await settled()).toEqual(["oldest"]);
});

it("wakes a worker with slow steps under way only when none is idle, and does not call it asleep", async () => {
  await sql`insert into engine.workers (worker, hears) values ('busy', true), ('idle', true)`;
  const asleep = async () => (await sql`select engine.metrics() -> 'workers' -> 'asleep' as n`)[0]?.["n"];
  await sql`select engine.worker_idle('busy', true)`;
  expect(await asleep()).toBe(0);
  await sql`select engine.worker_idle('idle', false)`;
  expect(await asleep()).toBe(1);
  await start();
  await sql`update engine.workers set looks_until = null`;
  await start();
  expect(await settled()).toEqual(["idle", "busy"]);
});

it("wakes nobody else while the one it woke looks anyway, and the next when that one has no room left", async () => {
  for (const worker of ["w1", "w2"]) await known(worker, { sleeping: true });
  // As in a burst: nobody has looked yet when the second start commits.
  await sql.begin(async (tx) => {
    for (let n = 0; n < 3; n += 1) await start(tx);
  });
  const [woken = ""] = await settled();
  expect(await sleepers()).toHaveLength(1);
  await claim(woken, 1);
  expect(new Set(await settled())).toEqual(new Set(["w1", "w2"]));
});

it("says that a worker with room looks again, so that its reports and claims wake nobody", async () => {
  await known("w1");
  await known("w2", { sleeping: true });
  await claim("w1", 5);
  expect(
    await sql`select looks_until > now() - interval '1 minute' as looks from engine.workers where worker = 'w1'`,
  ).toEqual([{ looks: true }]);
  await start();
  expect(await settled()).toEqual([]);
});

it("calls a worker awake that found something as it lay down", async () => {
  await start();
  await known("w1", { sleeping: true });
  expect(await claim("w1", 5)).toHaveLength(1);
  expect(await sleepers()).toEqual([]);
});

/** `busy` reports one step of so many milliseconds, takes the one that is ready, and leaves another. */
async function reportsAndIsFull(activeMs: number, worker: Known): Promise<string[]> {
  await known("busy", worker);
  await start();
  const [held] = await claim("busy", 1);
  await known("asleep", { sleeping: true });
  await looks("busy");
  for (let n = 0; n < 2; n += 1) await start();
  await sql`update engine.workers set looks_until = null`;
  const report = { ...held, stepKey: "a", itemPath: [], outcome: "succeeded", output: {}, activeMs };
  await sql`select engine.report_steps('busy', ${sql.json([report])}, 1, 60000)`;
  return settled();
}

it("lets a quick worker go on alone where it and its database share two processors", async () => {
  expect(await reportsAndIsFull(1, { cores: 2, slots: 8 })).toEqual([]);
});

it.each([
  ["its steps take long", 500, { cores: 2, slots: 8 }],
  ["few of its slots came free", 1, { cores: 2, slots: 200 }],
  ["there are processors for more", 1, { cores: 8, slots: 8 }],
  ["it does not say how many there are", 1, { cores: null, slots: 8 }],
])("wakes another beside a full worker when %s", async (_, activeMs, worker) => {
  expect(await reportsAndIsFull(activeMs, worker)).toEqual(["asleep"]);
});

it.each([
  ["the others keep two processors busy", 2, true, 0],
  ["nobody else looks", 2, false, 1],
  ["there are processors for more", 8, true, 1],
  ["it does not say how many there are", null, true, 1],
])(
  "a sleeper that looks unasked leaves or takes what is ready, when %s",
  async (_, cores, isLookedFor, taken) => {
    await known("awake");
    await start();
    await known("sleeper", { sleeping: true, cores });
    if (isLookedFor) await looks("awake");
    const [idle] = await sql`select engine.worker_idle('sleeper') -> 'work' as work`;
    expect(idle?.["work"]).toBe(taken === 1);
    if (isLookedFor) await looks("awake");
    expect(await claim("sleeper", 5)).toHaveLength(taken);
  },
);

it("leaves what is ready to a worker that has been up longer, where that one keeps two processors busy", async () => {
  await known("first", { since: "2026-01-01" });
  await known("second", { since: "2026-01-02" });
  await start();
  const [held] = await claim("second", 1);
  await start();
  const report = { ...held, stepKey: "a", itemPath: [], outcome: "succeeded", output: {}, activeMs: 1 };
  await looks("first");
  const [row] = await sql`
    select engine.report_steps('second', ${sql.json([report])}, 1, 60000) -> 'claimed' as claimed`;
  expect(row?.["claimed"]).toEqual([]);
});
