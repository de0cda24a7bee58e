// The colours of state, by meaning. Complete class names, because Tailwind reads them from the source.

export type Tone = "queued" | "running" | "waiting" | "succeeded" | "failed" | "skipped" | "cancelled";

export const toneText = {
  queued: "text-queued",
  running: "text-running",
  waiting: "text-waiting",
  succeeded: "text-succeeded",
  failed: "text-failed",
  skipped: "text-skipped",
  cancelled: "text-cancelled",
} satisfies Record<Tone, string>;

export const toneSoft = {
  queued: "bg-queued-soft text-queued",
  running: "bg-running-soft text-running",
  waiting: "bg-waiting-soft text-waiting",
  succeeded: "bg-succeeded-soft text-succeeded",
  failed: "bg-failed-soft text-failed",
  skipped: "bg-skipped-soft text-skipped",
  cancelled: "bg-cancelled-soft text-cancelled",
} satisfies Record<Tone, string>;

export const toneSolid = {
  queued: "bg-queued",
  running: "bg-running",
  waiting: "bg-waiting",
  succeeded: "bg-succeeded",
  failed: "bg-failed",
  skipped: "bg-skipped",
  cancelled: "bg-cancelled",
} satisfies Record<Tone, string>;

export const toneBorder = {
  queued: "border-queued",
  running: "border-running",
  waiting: "border-waiting",
  succeeded: "border-succeeded",
  failed: "border-failed",
  skipped: "border-skipped",
  cancelled: "border-cancelled",
} satisfies Record<Tone, string>;
