import { claimAll, leaseNothing } from "./claimers.ts";
import { startCluster } from "./cluster.ts";
import type { Proof } from "./proofs.ts";

const CLAIMERS = 32;
/** Between a claim and its report: 32 claimers of ten steps each then ask for some 600 a second, a little more than is wanted. */
const WORK_MS = 500;
/** Two claims for each session before anything is timed. */
const WARM_UP = 64;

/** 32 claimers, 20,000 steps, each granted once, on a database whose commits wait for the disk. */
export const proveClaims: Proof = async (_, onNews) => {
  const cluster = await startCluster();
  try {
    const found = await claimAll(cluster.url, {
      claimers: CLAIMERS,
      runs: 2_000,
      warmUp: WARM_UP,
      workMs: WORK_MS,
    });
    const { steps, doubleGrants, stepsPerS, claimP50Ms, claimP99Ms, firstClaimMs, unfinished } = found;
    onNews(`${steps} steps, ${doubleGrants} granted twice`);
    const control = await startCluster(["fsync=off"]);
    const unleased = await claimAll(
      control.url,
      { claimers: CLAIMERS, runs: 200, warmUp: 0, workMs: 0 },
      leaseNothing,
    ).finally(() => control.stop());
    return {
      figures:
        `${CLAIMERS} claimers, ${steps} steps, ${doubleGrants} granted twice; ${stepsPerS} steps/s with ${WORK_MS} ms of work per claim of ten, ` +
        `a claim took ${claimP50Ms} ms at the median and ${claimP99Ms} ms at the 99th percentile; a session's first claim, which plans, up to ${firstClaimMs} ms`,
      numbers: {
        claimers: CLAIMERS,
        steps,
        doubleGrants,
        unfinished,
        stepsPerS,
        claimP50Ms,
        claimP99Ms,
        firstClaimMs,
      },
      targets: [
        { name: "steps/s", value: stepsPerS, wanted: 500, met: stepsPerS >= 500 },
        { name: "claim p99 in ms", value: claimP99Ms, wanted: 50, met: claimP99Ms <= 50 },
      ],
      controls: [{ name: "claim without a lease", red: unleased.doubleGrants > 0 }],
      broken: [
        ...(doubleGrants === 0 ? [] : [`${doubleGrants} steps were granted twice`]),
        ...(unfinished === 0 ? [] : [`${unfinished} steps did not end at their first attempt`]),
      ],
    };
  } finally {
    await cluster.stop();
  }
};
