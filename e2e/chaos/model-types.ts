// What the reference model speaks of: plans, the state of one run, and what may happen to it.

export interface ModelDep {
  readonly step: number;
  readonly on: "succeeded" | "failed" | "finished";
}

export interface ModelStep {
  readonly deps: readonly ModelDep[];
  readonly once: boolean;
  readonly onFailure: "fail_run" | "continue" | "catch";
  readonly maxAttempts: number;
}

export type ModelPlan = readonly ModelStep[];

export type StepStatus =
  | "pending"
  | "ready"
  | "running"
  | "waiting"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled";
export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

export interface StepState {
  readonly status: StepStatus;
  readonly attempt: number;
  readonly tries: number;
  readonly crashes: number;
  readonly wait: "retry" | "approval" | "reconcile" | null;
  /** Committed before the call of a step that may happen once. */
  readonly marked: boolean;
  /** The lease is over, or the retry is due. */
  readonly due: boolean;
  /** Some attempt was marked: what it did stays done, whatever came after it. */
  readonly everMarked: boolean;
  /** Why its last attempt failed; null when it did not. */
  readonly failure: "transient" | "timeout" | "permanent" | "poison" | null;
  /** Nobody knows whether it happened. */
  readonly unknown: boolean;
}

export interface RunState {
  readonly status: RunStatus;
  readonly failing: boolean;
  readonly cancelling: boolean;
  /** It was asked to end long ago. */
  readonly overdue: boolean;
  readonly admitted: boolean;
  readonly steps: readonly StepState[];
}

export type Outcome =
  | "succeeded"
  | "skipped"
  | "transient"
  | "timeout"
  | "permanent"
  | "parked"
  | "handed_over"
  | "cancelled";

export type ModelEvent =
  /** `granted`: the steps somebody was given; undefined is for the model to say. */
  | { readonly do: "claim"; readonly granted?: readonly number[] }
  | { readonly do: "heartbeat"; readonly step: number; readonly attempt: number }
  | { readonly do: "mark"; readonly step: number; readonly attempt: number }
  | { readonly do: "report"; readonly step: number; readonly attempt: number; readonly outcome: Outcome }
  | { readonly do: "cancel" }
  /** `decided`: a person says of every step that may happen once: do it again. */
  | { readonly do: "resume"; readonly decided?: boolean }
  | { readonly do: "decide"; readonly step: number; readonly verdict: "yes" | "no" | "again" }
  | { readonly do: "time passes" }
  | { readonly do: "sweep" };

export interface Moved {
  readonly state: RunState;
  /** What the caller is told; undefined when there is nothing to tell. */
  readonly answer: boolean | readonly number[] | undefined;
}
