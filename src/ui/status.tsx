// What each status is called and how it looks.
import type { RunStatus, StepStatus, WaitingFor } from "../core/run.ts";
import { cx } from "./cx.ts";
import { RelativeTime } from "./relative-time.tsx";
import { StatusIcon, type WaitingShape } from "./status-icon.tsx";
import { toneSoft, toneText, type Tone } from "./tone.ts";

export interface StatusLook {
  label: string;
  tone: Tone;
}

export const runStatusLook = {
  queued: { label: "Queued", tone: "queued" },
  running: { label: "Running", tone: "running" },
  waiting: { label: "Waiting", tone: "waiting" },
  succeeded: { label: "Succeeded", tone: "succeeded" },
  failed: { label: "Failed", tone: "failed" },
  cancelled: { label: "Cancelled", tone: "cancelled" },
} satisfies Record<RunStatus, StatusLook>;

export const stepStatusLook = {
  pending: { label: "Pending", tone: "queued" },
  ready: { label: "Ready", tone: "queued" },
  running: { label: "Running", tone: "running" },
  waiting: { label: "Waiting", tone: "waiting" },
  succeeded: { label: "Succeeded", tone: "succeeded" },
  failed: { label: "Failed", tone: "failed" },
  skipped: { label: "Skipped", tone: "skipped" },
  cancelled: { label: "Cancelled", tone: "cancelled" },
} satisfies Record<StepStatus, StatusLook>;

export const waitingLook = {
  retry: { label: "Waiting to retry", shape: "retry" },
  timer: { label: "Waiting for a timer", shape: "clock" },
  approval: { label: "Waiting for approval", shape: "hand" },
  form: { label: "Waiting for a form", shape: "hand" },
  signal: { label: "Waiting for a signal", shape: "hourglass" },
  limit: { label: "Waiting for a free slot", shape: "gate" },
  budget: { label: "Over budget: waiting for a decision", shape: "gate" },
  reconcile: { label: "Outcome unknown: waiting for a decision", shape: "hand" },
  lane: { label: "Waiting for a place in the lane", shape: "gate" },
} satisfies Record<WaitingFor["kind"], { label: string; shape: WaitingShape }>;

/** @returns what a status is called; while waiting, what for */
export function statusLook(
  status: RunStatus | StepStatus,
  waitingFor?: WaitingFor | null,
): StatusLook & { shape: WaitingShape | undefined } {
  const looks: Record<RunStatus | StepStatus, StatusLook> = { ...stepStatusLook, ...runStatusLook };
  const look = looks[status];
  const waiting = status === "waiting" && waitingFor ? waitingLook[waitingFor.kind] : undefined;
  return { tone: look.tone, label: waiting?.label ?? look.label, shape: waiting?.shape };
}

/** @returns e.g. "Running", "Waiting for approval" */
export function statusLabel(status: RunStatus | StepStatus, waitingFor?: WaitingFor | null): string {
  return statusLook(status, waitingFor).label;
}

interface StatusProps {
  status: RunStatus | StepStatus;
  waitingFor?: WaitingFor | null | undefined;
  className?: string;
}

/** Icon and word in a tinted box. */
export function StatusBadge({ status, waitingFor, className }: StatusProps) {
  const { label, tone, shape } = statusLook(status, waitingFor);
  return (
    <span
      className={cx(
        "inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 text-sm font-medium whitespace-nowrap",
        toneSoft[tone],
        className,
      )}
    >
      <StatusIcon tone={tone} shape={shape} className="size-3.5" />
      <span className="truncate">{label}</span>
    </span>
  );
}

/** Icon and word as plain text; says until when if that is known. */
export function StatusLine({ status, waitingFor, className }: StatusProps) {
  const { label, tone, shape } = statusLook(status, waitingFor);
  return (
    <span className={cx("inline-flex min-w-0 items-center gap-1.5", className)}>
      <StatusIcon tone={tone} shape={shape} className="size-3.5" />
      <span className={cx("truncate", toneText[tone])}>{label}</span>
      {status === "waiting" && waitingFor?.until && (
        <RelativeTime at={waitingFor.until} className="shrink-0 text-muted" />
      )}
    </span>
  );
}
