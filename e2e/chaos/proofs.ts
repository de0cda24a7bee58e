// Proofs beside the storm, run by name: each says what it did and what it found broken.
import { startCluster } from "./cluster.ts";
import { sweepAll } from "./crash-points.ts";
import { proveBreaker } from "./prove-breaker.ts";
import { proveCutOff } from "./prove-cut-off.ts";
import { proveDeadly } from "./prove-deadly.ts";
import { proveOnce } from "./prove-once.ts";
import { proveOutages } from "./prove-outages.ts";
import { comparePrograms, walkModel } from "./programs.ts";

export interface Proved {
  /** What was done, in one line. */
  readonly figures: string;
  readonly broken: readonly string[];
}

type Proof = (seed: number, onNews: (text: string) => void) => Promise<Proved>;

export const furtherProofs: Readonly<Record<string, Proof>> = {
  breaker: proveBreaker,
  "cut-off": proveCutOff,
  once: proveOnce,
  deadly: proveDeadly,
  outages: proveOutages,
  async "crash-points"(_, onNews) {
    const { points, scenarios, plays, broken } = await sweepAll(onNews);
    return {
      figures: `${points} points, ${scenarios} scenarios, ${plays} plays, ${broken.length} ended otherwise`,
      broken,
    };
  },
  async model(seed, onNews) {
    const walked = walkModel(seed, 100_000);
    onNews("100,000 random schedules of the model");
    const cluster = await startCluster(["fsync=off", "synchronous_commit=off"]);
    try {
      const { programs, steps, broken } = await comparePrograms(cluster.url, seed, 2_000);
      return {
        figures: `100,000 schedules of the model, ${programs} programs of ${steps} steps on 8 connections, ${broken.length} divergences`,
        broken: [...walked, ...broken],
      };
    } finally {
      await cluster.stop();
    }
  },
  async "live-view"(seed, onNews) {
    const [viewers = 50, runs = 200, items = 20] = (process.env["CHAOS_LIVE_VIEW"] ?? "")
      .split(",")
      .filter(Boolean)
      .map(Number);
    const { liveView } = await import("./live-view.ts");
    const result = await liveView(seed, { viewers, runs, items }, onNews);
    const { events, pushes, caughtUpMs, missedByControl, broken } = result;
    return {
      figures:
        `${viewers} viewers, ${runs} runs, ${events} events; of ${pushes.pushes} pushes ${pushes.dropped} dropped, ${pushes.doubled} doubled, ` +
        `${pushes.delayed} late, sockets cut ${pushes.cuts} times; every view right after ${caughtUpMs} ms, ${broken.length} wrong; ` +
        `a viewer that trusts its pushes missed ${missedByControl}`,
      broken: missedByControl > 0 ? broken : [...broken, "the control saw everything, so nothing was proven"],
    };
  },
};
