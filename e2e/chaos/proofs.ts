// Proofs beside the storm, run by name or all together: each says what it did and what it found broken.
import { proveBreaker } from "./prove-breaker.ts";
import { proveClaims } from "./prove-claims.ts";
import { proveClocks } from "./prove-clocks.ts";
import { proveCrashPoints } from "./prove-crash-points.ts";
import { proveCutOff } from "./prove-cut-off.ts";
import { proveDeadly } from "./prove-deadly.ts";
import { proveDurability } from "./prove-durability.ts";
import { proveLiveView } from "./prove-live-view.ts";
import { proveModel } from "./prove-model.ts";
import { proveOnce } from "./prove-once.ts";
import { proveOutages } from "./prove-outages.ts";
import { proveRecovery } from "./prove-recovery.ts";
import { proveSchedules } from "./prove-schedules.ts";

export interface Proved {
  /** What was done, in one line. */
  readonly figures: string;
  /** The same as numbers, for `--json`: keys are kept. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** What also depends on the machine: it is said when one is missed, and nothing is broken by it. */
  readonly targets?: readonly Target[];
  readonly controls?: readonly { readonly name: string; readonly red: boolean }[];
  readonly broken: readonly string[];
}

export interface Target {
  readonly name: string;
  readonly value: number;
  readonly wanted: number;
  readonly met: boolean;
}

export type Proof = (seed: number, onNews: (text: string) => void) => Promise<Proved>;

export const furtherProofs: Readonly<Record<string, Proof>> = {
  breaker: proveBreaker,
  "cut-off": proveCutOff,
  once: proveOnce,
  deadly: proveDeadly,
  outages: proveOutages,
  recovery: proveRecovery,
  "crash-points": proveCrashPoints,
  model: proveModel,
  "live-view": proveLiveView,
  durability: proveDurability,
  claims: proveClaims,
  clocks: proveClocks,
  schedules: proveSchedules,
};
