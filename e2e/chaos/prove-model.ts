import { startCluster } from "./cluster.ts";
import { brokenSqualls } from "./controls.ts";
import { comparePrograms, replayWalks } from "./programs.ts";
import type { Proof } from "./proofs.ts";
import { brokenModels, walkModel } from "./walks.ts";

const SCHEDULES = 1_000_000;
const PROGRAMS = 2_000;
const REPLAYED = 1_000;

/** A database for events only: nothing here is about durability. */
async function onCluster<T>(work: (url: string) => Promise<T>): Promise<T> {
  const cluster = await startCluster(["fsync=off", "synchronous_commit=off"]);
  try {
    return await work(cluster.url);
  } finally {
    await cluster.stop();
  }
}

/** the model alone, then the engine against it, one event at a time and several at once. */
export const proveModel: Proof = async (seed, onNews) => {
  const walked = walkModel(seed, SCHEDULES);
  onNews(`${SCHEDULES} schedules of the model, ${walked.length} broken promises`);
  const replay = await onCluster((url) => replayWalks(url, seed, REPLAYED));
  onNews(
    `${replay.schedules} of them on the SQL, ${replay.events} events, ${replay.broken.length} differences`,
  );
  const { programs, steps, broken } = await onCluster((url) => comparePrograms(url, seed, PROGRAMS));
  onNews(`${programs} programs on 8 connections, ${broken.length} divergences`);
  const controls = Object.entries(brokenModels).map(([name, move]) => ({
    name,
    red: walkModel(seed, 100_000, move).length > 0,
  }));
  const unfenced = await onCluster((url) => comparePrograms(url, seed, 200, brokenSqualls["fence off"]));
  controls.push({ name: "fence off", red: unfenced.broken.length > 0 });
  return {
    figures:
      `${SCHEDULES} schedules of the model, ${replay.schedules} of them on the SQL with ${replay.broken.length} differences; ` +
      `${programs} programs of ${steps} steps on 8 connections, ${broken.length} divergences`,
    numbers: {
      schedules: SCHEDULES,
      invariantBreaks: walked.length,
      replayed: replay.schedules,
      replayedEvents: replay.events,
      differences: replay.broken.length,
      programs,
      programSteps: steps,
      divergences: broken.length,
    },
    controls,
    broken: [...walked, ...replay.broken, ...broken],
  };
};
