// R-26 at full length: four workers with the leases of an installation, each cut off from the database four times for 5 to 30 seconds.
import { startCluster } from "./cluster.ts";
import { cutOff, type CutOffOptions, type CutOffResult } from "./cut-off.ts";

async function withCluster(options: Omit<CutOffOptions, "url" | "engineUrl">): Promise<CutOffResult> {
  const cluster = await startCluster();
  try {
    return await cutOff({ ...options, url: cluster.url, engineUrl: cluster.engineUrl(cluster.port) });
  } finally {
    await cluster.stop();
  }
}

export async function proveCutOff(seed: number, onNews: (text: string) => void) {
  const lease = { leaseMs: 15_000, graceMs: 10_500 };
  onNews("four workers, four cuts each");
  const result = await withCluster({ seed, workers: 4, cuts: 4, cutMs: [5_000, 30_000], ...lease });
  onNews("once more without the workers' own fence");
  const control = await withCluster({
    seed,
    workers: 2,
    cuts: 1,
    cutMs: [4_000, 5_000],
    leaseMs: 2_000,
    graceMs: 1_600,
    fenced: false,
  });
  const { cuts, runs, poison, effects, repeated, latestMs, rejected, broken } = result;
  return {
    figures:
      `${cuts} cuts of 5–30 s, ${runs} runs, ${poison} of them cut off three times, ${effects} effects, ${repeated} repeated under one key; the latest start ${latestMs} ms after a cut ` +
      `(two thirds of the lease: 10,000), ${rejected} stale reports rejected, ${broken.length} broken`,
    numbers: { cuts, runs, poison, effects, repeated, latestMs, rejected, broken: broken.length },
    controls: [{ name: "self-fence off", red: control.broken.length > 0 }],
    broken: [
      ...broken,
      ...(control.broken.length > 0 ? [] : ["without the fence nothing was found, so nothing was proven"]),
    ],
  };
}
