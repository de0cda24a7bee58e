// Measures the engine: `npm run bench:engine [-- --json FILE --runs N]`. Durable commits, events and broadcast on, the real
// worker in Deno. Compare figures of one run on one machine only.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureFloor } from "./floor.ts";
import { median, publishChain, publishMap, startRuns, waitForRuns } from "./loads.ts";
import { type Rig, openRig } from "./rig.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    runs: { type: "string", default: "500" },
    "floor-ms": { type: "string", default: "4000" },
  },
});
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** W1: many chains of ten at once; from the first start to the last end. */
async function manyChains(
  rig: Rig,
  workflowId: string,
  count: number,
): Promise<{ stepsPerS: number; runsPerS: number }> {
  const began = performance.now();
  const runs = await startRuns(rig.sql, rig, workflowId, count);
  await waitForRuns(rig.sql, runs);
  const seconds = (performance.now() - began) / 1_000;
  return { stepsPerS: Math.round((count * 10) / seconds), runsPerS: round(count / seconds, 1) };
}

/** W2: one run, a map over 1,000 items and a join; from its creation to its end, by the database's clock. */
async function oneMap(rig: Rig, workflowId: string): Promise<number> {
  const runs = await startRuns(rig.sql, rig, workflowId, 1, {
    items: Array.from({ length: 1_000 }, (_, n) => n),
  });
  await waitForRuns(rig.sql, runs, 5);
  return (await durations(rig, runs))[0] ?? Number.NaN;
}

async function durations(rig: Rig, runs: string[]): Promise<number[]> {
  const rows = await rig.sql<{ ms: number }[]>`
    select (extract(epoch from finished_at - created_at) * 1000)::float8 as ms from public.runs where id = any(${runs})`;
  return rows.map(({ ms }) => ms);
}

/** W3 and W4: chains one at a time: milliseconds per step, and from start to the first step running. */
async function oneChainAtATime(
  rig: Rig,
  workflowId: string,
  count: number,
): Promise<{ perStep: number[]; first: number[] }> {
  const perStep: number[] = [];
  const first: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const runs = await startRuns(rig.sql, rig, workflowId, 1);
    await waitForRuns(rig.sql, runs, 5);
    const [row] = await rig.sql<{ chain: number; first: number }[]>`
      select (extract(epoch from finished_at - started_at) * 1000)::float8 as chain,
        (extract(epoch from started_at - created_at) * 1000)::float8 as first
      from public.runs where id = any(${runs})`;
    perStep.push((row?.chain ?? Number.NaN) / 10);
    first.push(row?.first ?? Number.NaN);
  }
  return { perStep, first };
}

const rig = await openRig();
try {
  const floor = await measureFloor(rig.url, Number(values["floor-ms"]));
  const worker = await rig.startWorker();
  const chain = await publishChain(rig, "chain");
  const map = await publishMap(rig, "map");
  await manyChains(rig, chain, 100);
  await oneMap(rig, map);
  const w1 = await manyChains(rig, chain, Number(values.runs));
  const w2 = median([await oneMap(rig, map), await oneMap(rig, map), await oneMap(rig, map)]);
  const { perStep, first } = await oneChainAtATime(rig, chain, 50);
  await worker.stop();
  const result = {
    floor: { callsPerS: floor },
    W1: { ...w1, ratioToFloor: round(w1.stepsPerS / floor) },
    W2: { ms: round(w2, 1) },
    W3: { msPerStep: round(median(perStep)), p95MsPerStep: round(median(perStep, 0.95)) },
    W4: { sqlMs: round(median(first)) },
  };
  console.log(`floor   ${floor} calls/s (one plpgsql call per step, 8 connections)
W1      ${w1.stepsPerS} steps/s, ${w1.runsPerS} runs/s, ${result.W1.ratioToFloor} of the floor (${values.runs} runs x 10 steps, after a warm-up of 100)
W2      ${result.W2.ms} ms (map over 1,000 items and a join, median of 3)
W3      ${result.W3.msPerStep} ms per step, p95 ${result.W3.p95MsPerStep} (50 chains of 10, one at a time)
W4      ${result.W4.sqlMs} ms from start to the first step running (from SQL, median of 50)`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await rig.stop();
}
