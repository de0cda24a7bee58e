// The proof chain: dense and linked whoever reports when, and noticed when anything of it is touched.
import { createHash, randomUUID } from "node:crypto";
import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { proof, step, verifier } from "../../../e2e/engine/scenario.ts";
import { setStage, type Stage } from "../../../e2e/engine/stage.ts";
import { canonicalJson } from "../../../src/core/canonical.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { bundleOf, bundleReads } from "../../../src/core/proof-bundle.ts";
import { verifyBundle } from "../../../src/core/verify-bundle.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

let db: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  db = await createTestDatabase();
  sql = db.sql;
  stage = await setStage(sql);
});
afterAll(() => db.drop());

const keys = Array.from({ length: 24 }, (_, n) => `step_${n}`);

const evidenced = (name: string, evidence: JsonObject, facts: JsonObject = {}): JsonObject => ({
  ...proof(name),
  ...facts,
  evidence,
  evidenceHash: sha256(canonicalJson(evidence)),
});

async function startMany(): Promise<string> {
  const steps = keys.map((key) => step(key, { verifiers: [verifier("one"), verifier("two")] }));
  const workflowId = await stage.publish(`w-${randomUUID().slice(0, 8)}`, planOf({ steps }, "Many"));
  const started = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflowId}) as answer`,
  );
  return started.run_id;
}

async function claim(): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', 100, 60000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}

async function report({ runId, stepKey, itemPath, attempt }: ClaimedStep): Promise<void> {
  const proofs = [
    evidenced("one", {
      step: stepKey,
      big: 1e21,
      tiny: 1.5e-7,
      half: 0.5,
      text: 'ü \u2028\u0001"\\',
      list: [1, { b: null, a: true }],
    }),
    evidenced("two", {}, { score: 7.5 }),
  ];
  const one = { runId, stepKey, itemPath, attempt, outcome: "succeeded", output: { at: stepKey }, proofs };
  await sql`select engine.report_steps('w', ${sql.json([one] as Json as postgres.JSONValue)}, 0, 60000)`;
}

const problemsOf = async (runId: string): Promise<string[]> =>
  (await sql`select n || ' ' || problem as line from engine.verify_proofs(${runId})`).map(
    (row) => row["line"],
  );

let runId: string;

describe("a chain written by reports from many connections at once", () => {
  it("is dense, linked and ends in the run's head", async () => {
    runId = await startMany();
    const claimed = await claim();
    expect(claimed).toHaveLength(24);
    await Promise.all(claimed.map(report));
    const [run] = await sql`select status, proof_count from public.runs where id = ${runId}`;
    expect(run).toEqual({ status: "succeeded", proof_count: 48 });
    expect(await problemsOf(runId)).toEqual([]);
  });

  it("hashes to the same as the file people export of it", async () => {
    const rows = async (table: string, columns: string, key = "run_id") =>
      (
        await sql.unsafe(
          `select to_jsonb(r) as row from (select ${columns} from public.${table} where ${key} = '${runId}') as r`,
        )
      ).map((row) => row["row"]);
    const [run] = await rows("runs", bundleReads.run, "id");
    const [version] =
      await sql`select plan from public.versions where (workflow_id, n) = (${run.workflow_id}, ${run.version})`;
    const bundle = bundleOf(
      {
        run,
        version: { plan: version?.["plan"] },
        payload: (await rows("run_payloads", bundleReads.payload))[0],
        steps: await rows("steps", bundleReads.steps),
        outputs: await rows("step_payloads", bundleReads.outputs),
        proofs: (await rows("proofs", `${bundleReads.proofs}`)).toSorted((a, b) => a.n - b.n),
        artifacts: [],
      },
      "2026-03-01T00:00:00.000Z",
      sha256,
    );
    // Scenario plans carry a digest of their own in the place of the compiler's.
    const problems = verifyBundle(bundle, sha256).filter(({ code }) => !code.startsWith("plan."));
    expect(problems).toEqual([]);
    expect(bundle.proofs).toHaveLength(48);
  });

  it.each([
    ["a verdict", "update public.proofs set verdict = 'failed' where n = 3", ["3 it is not what was hashed"]],
    ["a score", "update public.proofs set score = 9 where n = 2", ["2 it is not what was hashed"]],
    [
      "evidence",
      "update public.proofs set evidence = evidence || '{\"big\": 2}' where n = 5",
      ["5 its evidence is not what was hashed"],
    ],
    [
      "a time",
      "update public.proofs set at = at + interval '1 s' where n = 5",
      ["5 it is not what was hashed"],
    ],
    [
      "a row that is gone",
      "delete from public.proofs where n = 5",
      ["6 a proof before it is missing", "6 it does not follow on the one before"],
    ],
    [
      "the end that is gone",
      "delete from public.proofs where n = 48",
      [
        "48 the run counts other proofs than there are",
        "48 the run's head is not the hash of the last proof",
      ],
    ],
    [
      "the head",
      "update public.runs set proof_head = plan_hash",
      ["48 the run's head is not the hash of the last proof"],
    ],
  ])("shows when somebody touched %s", async (_, change, found) => {
    const undo = new Error("undo");
    let seen: string[] = [];
    await sql
      .begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx.unsafe(
          `${change}${change.includes("where") ? " and" : " where"} ${change.includes("runs") ? "id" : "run_id"} = '${runId}'`,
        );
        seen = (await tx`select n || ' ' || problem as line from engine.verify_proofs(${runId})`).map(
          (row) => row["line"],
        );
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    for (const line of found) expect(seen).toContain(line);
  });
});

it("canonical JSON is the same text in the database and in TypeScript", async () => {
  const numbers = [
    0, -0, 1, -1, 0.1, 1.5, 100, 1e15, 123456789012345680000, 1e20, 1e21, 1.25e21, -1e21, 1e-6, 1e-7, -1.5e-7,
    5e-324, 1.7976931348623157e308, 0.30000000000000004, 9007199254740992,
  ];
  const values: Json[] = [
    null,
    true,
    "",
    '\u0001"\\/\b\f\n\r\tü\u2028😀\u007f',
    [],
    {},
    [1, [2, {}], { b: 1, a: [null], "10": 1, "9": 2, Z: 0, ä: 1, "": 2 }],
    numbers,
  ];
  for (const value of values) {
    const [row] = await sql`select engine.canonical_json(${JSON.stringify(value)}::text::jsonb) as text`;
    expect(row?.["text"]).toBe(canonicalJson(value));
  }
});
