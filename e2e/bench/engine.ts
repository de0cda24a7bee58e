// Measures the engine: `npm run bench:engine [-- --json FILE --runs N --growth]`. Durable commits, events and broadcast on, the real
// worker in Deno. Compare figures of one run on one machine only.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureFloor } from "./floor.ts";
import { compareWithFinishedRuns, compareWorkers, type Growth } from "./growth.ts";
import { measureHttpStart } from "./http.ts";
import {
  chainOfTen,
  manyChains,
  mapInMs,
  median,
  oneChainAtATime,
  oneMap,
  publishChain,
  publishMap,
} from "./loads.ts";
import { measureRecovery, type Recovery } from "./recovery.ts";
import { type Rig, openRig } from "./rig.ts";
import { openSlowCalls } from "./slow-calls.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    runs: { type: "string", default: "500" },
    "floor-ms": { type: "string", default: "4000" },
    growth: { type: "boolean", default: false },
    "finished-runs": { type: "string", default: "1000000" },
  },
});
const runs = Number(values.runs);
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

type Rate = Awaited<ReturnType<typeof manyChains>>;

async function middleOfThree(measure: () => Promise<Rate>): Promise<Rate> {
  const first = await measure();
  const [, middle = first] = [first, await measure(), await measure()].toSorted(
    (a, b) => a.stepsPerS - b.stepsPerS,
  );
  return middle;
}

/** W1 to W5 on one database with one worker; warmed up with 100 chains and one map. */
async function measureLoads(rig: Rig) {
  const floor = await measureFloor(rig.url, Number(values["floor-ms"]));
  const worker = await rig.startWorker();
  const chain = await publishChain(rig, "chain");
  const map = await publishMap(rig, "map");
  await manyChains(rig, chain, 100);
  await oneMap(rig, map, 1_000);
  const w1 = await middleOfThree(() => manyChains(rig, chain, runs));
  const w2 = await mapInMs(rig, map, 1_000);
  const { perStep, first } = await oneChainAtATime(rig, chain, 50);
  const calling = await publishChain(rig, "calling-chain", chainOfTen("read"));
  await manyChains(rig, calling, 100);
  const calls = await middleOfThree(() => manyChains(rig, calling, runs));
  const perCall = (await oneChainAtATime(rig, calling, 20)).perStep;
  const callingMap = await publishMap(rig, "calling-map", "read");
  await oneMap(rig, callingMap, 1_000);
  const callsOfMap = await mapInMs(rig, callingMap, 1_000);
  const recovery = await measureRecovery(rig, worker, runs);
  await worker.stop();
  return { floor, w1, w2, perStep, first, calls, perCall, callsOfMap, recovery };
}

async function measureGrowth(rig: Rig): Promise<Growth> {
  const chain = await publishChain(rig, "growing-chain");
  const map = await publishMap(rig, "growing-map");
  const worker = await rig.startWorker();
  const rate = async () => (await manyChains(rig, chain, runs)).stepsPerS;
  try {
    await rate();
    const small = await mapInMs(rig, map, 1_000);
    const large = await oneMap(rig, map, 10_000);
    const calls = await openSlowCalls(rig);
    const { quick, slow } = await compareWorkers(rig, { quick: rate, slow: calls.rate }).finally(() =>
      calls.close(),
    );
    const finished = Number(values["finished-runs"]);
    const { empty, full } = await compareWithFinishedRuns(rig, rate, finished, runs);
    return {
      finishedRuns: { runs: finished, stepsPerSEmpty: empty, stepsPerS: full, ratio: round(full / empty) },
      map: { ms1000: round(small, 1), ms10000: round(large, 1), perItemRatio: round(large / 10 / small) },
      workers: { stepsPerS1: quick.one, stepsPerS4: quick.four, ratio: round(quick.four / quick.one) },
      workersOfSlowCalls: {
        callsPerS1: slow.one,
        callsPerS4: slow.four,
        ratio: round(slow.four / slow.one),
      },
    };
  } finally {
    await worker.stop();
  }
}

function describeGrowth({ finishedRuns, map, workers, workersOfSlowCalls: slow }: Growth): string {
  return `growth  ${finishedRuns.stepsPerS} steps/s with ${finishedRuns.runs} finished runs in the tables, ${finishedRuns.stepsPerSEmpty} without: ${finishedRuns.ratio}
        ${map.ms10000} ms for a map over 10,000 items, ${map.ms1000} ms over 1,000: ${map.perItemRatio} times as long per item
        ${workers.stepsPerS4} steps/s with four workers, ${workers.stepsPerS1} with one: ${workers.ratio}
        ${slow.callsPerS4} calls of a second each per second with four workers, ${slow.callsPerS1} with one: ${slow.ratio}`;
}

const rig = await openRig();
try {
  const { floor, w1, w2, perStep, first, calls, perCall, callsOfMap, recovery } = await measureLoads(rig);
  const http = await measureHttpStart(50);
  const w5: Recovery = { ...recovery, recoveredMs: round(recovery.recoveredMs, 0) };
  const result = {
    floor: { callsPerS: floor },
    W1: { ...w1, ratioToFloor: round(w1.stepsPerS / floor) },
    W2: { ms: round(w2, 1) },
    W3: { msPerStep: round(median(perStep)), p95MsPerStep: round(median(perStep, 0.95)) },
    W4: { sqlMs: round(median(first)), httpMs: round(median(http)) },
    W5: w5,
    claimedOneByOne: {
      W1: { ...calls, ratioToFloor: round(calls.stepsPerS / floor) },
      W2: { ms: round(callsOfMap, 1) },
      W3: { msPerStep: round(median(perCall)), p95MsPerStep: round(median(perCall, 0.95)) },
    },
  };
  console.log(`floor   ${floor} calls/s (one plpgsql call per step, 8 connections)
W1      ${w1.stepsPerS} steps/s, ${w1.runsPerS} runs/s, ${result.W1.ratioToFloor} of the floor (${runs} runs x 10 steps, median of 3 after a warm-up of 100; a worker of 200 steps side by side)
W2      ${result.W2.ms} ms (map over 1,000 items and a join, median of 3)
W3      ${result.W3.msPerStep} ms per step, p95 ${result.W3.p95MsPerStep} (50 chains of 10, one at a time)
W4      ${result.W4.sqlMs} ms from start to the first step running from SQL, ${result.W4.httpMs} ms through HTTP (medians of 50)
W5      ${w5.recoveredMs} ms until all work goes on after kill -9 at 40 %, ${w5.recordedTwice} recorded twice, ${w5.lost} lost
        W1 to W3 are of pure steps, of which a worker does several in a row. Of steps that call something, each claimed and reported alone:
        W1 ${calls.stepsPerS} steps/s, ${result.claimedOneByOne.W1.ratioToFloor} of the floor; W2 ${result.claimedOneByOne.W2.ms} ms; W3 ${result.claimedOneByOne.W3.msPerStep} ms per step`);
  const growth = values.growth ? await measureGrowth(rig) : undefined;
  if (growth) console.log(describeGrowth(growth));
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...result, ...(growth ? { growth } : {}) }, null, 2)}\n`);
} finally {
  await rig.stop();
}
