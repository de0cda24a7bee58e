// Each promise of invariants.sql: it holds after an ordinary run, a row written past the engine breaks it, and the doctor knows what to do.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { parks, step, succeeds } from "../../e2e/engine/scenario.ts";
import { play } from "../../e2e/engine/play.ts";
import { doctorAdvice } from "../../src/cli/doctor-advice.ts";

const text = readFileSync(join(import.meta.dirname, "invariants.sql"), "utf8");
const promises = [...text.matchAll(/^select '((?:[^']|'')+)'/gm)].map(([, promise = ""]) =>
  promise.replaceAll("''", "'"),
);

let db: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  db = await createTestDatabase();
  sql = postgres(db.url, { max: 1, onnotice: () => {} });
  const question = parks({
    for: "approval",
    title: "Go?",
    approvers: { roles: ["operator"], users: [], quorum: 1 },
    onTimeout: "fail",
  });
  await play(sql, {
    steps: [step("a"), step("b", { after: ["a"] })],
    outcomes: { a: [succeeds({ n: 1 })] },
    ends: "succeeded",
  });
  await play(sql, {
    steps: [step("ask"), step("c", { after: ["ask"] })],
    outcomes: { ask: [question] },
    ends: "waiting",
  });
  await sql`
    insert into public.proofs select id, 1, workspace_id, 'a', '{}', 1, 'ports', 'json_schema', true, 'passed', null, 'null', '74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b', plan_hash,
      engine.proof_hash(id, 1, 'a', '{}', 1, '{"evidenceHash": "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b", "kind": "json_schema", "required": true, "verdict": "passed", "verifier": "ports"}',
        plan_hash, now()), now()
    from public.runs where status = 'succeeded'`;
  await sql`update public.runs set proof_count = 1, proof_head = (select hash from public.proofs) where status = 'succeeded'`;
  await sql`
    insert into public.workspaces (id, slug, name) values ('99999999-9999-4999-8999-999999999999', 'elsewhere', 'Elsewhere')`;
});
afterAll(async () => {
  await sql.end();
  await db.drop();
});

const elsewhere = "workspace_id = '99999999-9999-4999-8999-999999999999'";
const finished = "(select id from public.runs where status = 'succeeded')";

/** A firing that claims to have started the finished run. */
function firing(key: string): string {
  return `insert into public.firings (workspace_id, workflow_id, dedupe_key, due_at, status, run_id, closed_at)
    select workspace_id, workflow_id, '${key}', now(), 'fired', id, now() from public.runs where status = 'succeeded'`;
}

/** What breaks each promise; triggers and constraints are off. */
const sabotage: Record<string, string> = {
  "counts equal the steps": `update public.runs set counts = counts || '{"ready": 7}'`,
  "an unfinished run has something ready, running or waiting": `update public.steps set status = 'pending' where step_key = 'ask'`,
  "a finished run has nothing unfinished": `update public.steps set status = 'pending' where step_key = 'b'`,
  "a run is running while a step is ready or running, waiting when only waits are left": `update public.runs set status = 'running' where status = 'waiting'`,
  "events are dense from 1 to last_seq": `delete from public.run_events where seq = 2`,
  "the last event of a step says its status": `update public.steps set status = 'failed' where step_key = 'b'`,
  "the last event of a run says its status": `update public.runs set status = 'failed' where status = 'succeeded'`,
  "a step succeeds at most once": `update public.run_events set kind = 'step.succeeded' where kind = 'step.started'`,
  "attempts are dense and the last is the step's": `delete from public.attempts where step_key = 'a'`,
  "attempts only rise": `update public.run_events set attempt = 5 where kind = 'step.started'`,
  "an output stands where a step produced one": `insert into public.step_payloads (run_id, step_key, workspace_id, output)
    select run_id, step_key, workspace_id, '{}' from public.steps where step_key = 'c'`,
  "a running step has a lease and a worker": `update public.steps set status = 'running' where step_key = 'ask'`,
  "a wait that ends by itself is found when it is due": `update public.steps set waiting_for = waiting_for || '{"until": "2026-01-01T00:00:00.000Z"}' where step_key = 'ask'`,
  "nothing ends before it began, whatever the clock did": `update public.attempts set finished_at = started_at - interval '1 s' where step_key = 'a'`,
  "a run undoes what succeeded, one after the other, and ends as it was about to": `update public.runs set ending = '{"status": "failed"}' where status = 'succeeded'`,
  "an open question belongs to a waiting step": `update public.approvals set step_key = 'c'`,
  "a step that waits for a person has an open question": `delete from public.approvals`,
  "a step that waits for a run has one under way": `update public.steps set waiting_for = '{"kind": "signal", "ref": "run:99999999-9999-4999-8999-999999999999"}'
    where step_key = 'ask'`,
  "a finished run holds no place in its lane": `update public.runs set admitted_at = now() where status = 'succeeded'`,
  "the workspace is the run's": `update public.steps set ${elsewhere}`,
  "the workspace is the run's (attempts)": `update public.attempts set ${elsewhere}`,
  "the workspace is the run's (events)": `update public.run_events set ${elsewhere}`,
  "the workspace is the run's (payloads, proofs, artifacts, questions)": `update public.approvals set ${elsewhere}`,
  "proofs are a chain from the plan to the head": `delete from public.proofs where run_id = ${finished}`,
  "a proof's hash is that of its fields": `update public.proofs set verdict = 'failed'`,
  "a proof's evidence is what was hashed": `update public.proofs set evidence = '{"forged": true}'`,
  "an operation's progress is that of its runs": `insert into public.operations (workspace_id, verb, filter, total, done, status, created_by, finished_at)
    select workspace_id, 'retry', '{}', 0, 1, 'done', id, now() from public.runs limit 1`,
  "what happened once started at most one run": `${firing("one")}; ${firing("two")}`,
  "a run says which trigger fired it": firing("one"),
  "the workspace is the trigger's (firings)": `
    insert into public.triggers (id, workspace_id, workflow_id, key, kind)
    select id, workspace_id, workflow_id, 'begin', 'trigger-webhook' from public.runs where status = 'succeeded';
    insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, due_at)
    select '99999999-9999-4999-8999-999999999999', workflow_id, id, 'one', now() from public.triggers`,
  "the audit log is a chain": `insert into engine.audit_heads (workspace_id, n, hash) select id, 1, 'x' from public.workspaces where slug = 'elsewhere'`,
};

const broken = async (on: postgres.Sql): Promise<string[]> => [
  ...new Set((await on.unsafe<{ promise: string }[]>(text)).map(({ promise }) => promise)),
];

test("every promise has a way to break it and an advice", () => {
  expect(Object.keys(sabotage).toSorted()).toEqual(promises.toSorted());
  expect(Object.keys(doctorAdvice).toSorted()).toEqual(promises.toSorted());
});

test("all of them hold after ordinary runs", async () => {
  expect(await broken(sql)).toEqual([]);
});

describe("a row written past the engine breaks", () => {
  test.each(Object.entries(sabotage))("%s", async (promise, statement) => {
    const undone = new Error("undone");
    const work = sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx.unsafe(`do $$ declare one record; begin
        for one in select conrelid::regclass as place, conname from pg_constraint where contype = 'c' and conrelid in ('public.steps'::regclass, 'public.runs'::regclass, 'public.operations'::regclass)
        loop execute format('alter table %s drop constraint %I', one.place, one.conname); end loop; end $$`);
      await tx.unsafe(statement);
      expect(await broken(tx as unknown as postgres.Sql)).toContain(promise);
      throw undone;
    });
    await expect(work).rejects.toBe(undone);
  });
});

describe("runboard doctor", () => {
  const doctor = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((done) => {
      const env = { ...process.env, RUNBOARD_HOME: join(import.meta.dirname, "nowhere") };
      execFile(process.execPath, ["src/cli/main.ts", "doctor", ...args], { env }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });

  test("finds nothing wrong, and exits with 0", async () => {
    const answer = await doctor("--database-url", db.url, "--json");
    expect(answer).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(answer.stdout)).toEqual({ ok: true, runs: 2, findings: [] });
  });

  test("says what is broken and what to do, and exits with 1", async () => {
    await sql`update engine.audit_heads set n = n + 1`;
    await sql`insert into engine.audit_heads (workspace_id, n, hash) values ('99999999-9999-4999-8999-999999999999', 1, 'x')`;
    const answer = await doctor("--database-url", db.url);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toBe(
      [
        "BROKEN  the audit log is a chain (1)",
        "          99999999-9999-4999-8999-999999999999 1",
        `        ${doctorAdvice["the audit log is a chain"]}`,
        "",
      ].join("\n"),
    );
  });

  test("refuses a role that does not see every row", async () => {
    const answer = await doctor("--database-url", db.engineUrl, "--json");
    expect(answer.code).toBe(2);
    expect(JSON.parse(answer.stderr).error.code).toBe("not_everything");
  });

  test("says where it looked when nothing runs there", async () => {
    const answer = await doctor("--json");
    expect(answer.code).toBe(2);
    expect(JSON.parse(answer.stderr).error.code).toBe("not_running");
  });
});
