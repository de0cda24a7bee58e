// One shape per state, so that colour is never the only carrier.
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { toneText, type Tone } from "./tone.ts";

export type WaitingShape = "hourglass" | "hand" | "clock" | "retry" | "gate";

const disc = <circle cx="8" cy="8" r="7" fill="currentColor" />;
const ring = <circle cx="8" cy="8" r="6" stroke="currentColor" strokeWidth="1.75" />;

function sign(path: string): ReactNode {
  return (
    <path
      d={path}
      className="stroke-raised"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  );
}

function line(path: string): ReactNode {
  return (
    <path d={path} stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" />
  );
}

const shapes = {
  queued: ring,
  running: (
    <>
      <circle cx="8" cy="8" r="6" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2" />
      {line("M14 8a6 6 0 0 0-6-6")}
    </>
  ),
  waiting: line("M4.5 2h7M4.5 14h7M5.5 2v2.2L8 8l2.5-3.8V2M5.5 14v-2.2L8 8l2.5 3.8V14"),
  succeeded: (
    <>
      {disc}
      {sign("m5 8.2 2.1 2.1L11 6")}
    </>
  ),
  failed: (
    <>
      {disc}
      {sign("m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6")}
    </>
  ),
  skipped: (
    <>
      {ring}
      {line("M5.5 8h5")}
    </>
  ),
  cancelled: (
    <>
      {ring}
      {line("m4 12 8-8")}
    </>
  ),
} satisfies Record<Tone, ReactNode>;

const waitingShapes = {
  hourglass: shapes.waiting,
  hand: line(
    "M4.6 8.2V4.6a1 1 0 0 1 2 0V7m0-2.8V3a1 1 0 0 1 2 0v4m0-3.4a1 1 0 0 1 2 0v3.6m0-2a1 1 0 0 1 2 0v4.3c0 2.9-1.7 4.5-4.2 4.5-2 0-3-.8-4-2.6L2.8 9.3a1 1 0 0 1 1.7-1l.9 1.3",
  ),
  clock: (
    <>
      {ring}
      {line("M8 4.8V8l2.2 1.4")}
    </>
  ),
  retry: line("M13.5 8A5.5 5.5 0 1 1 11.6 3.8M13.8 1.8v2.9h-2.9"),
  gate: (
    <>
      {ring}
      {line("M6.4 5.8v4.4M9.6 5.8v4.4")}
    </>
  ),
} satisfies Record<WaitingShape, ReactNode>;

interface StatusIconProps {
  tone: Tone;
  /** For waiting only: what is waited for. */
  shape?: WaitingShape | undefined;
  /** Absent when words stand beside it. */
  label?: string;
  className?: string;
}

export function StatusIcon({ tone, shape, label, className }: StatusIconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      className={cx("size-4 shrink-0", toneText[tone], tone === "running" && "animate-arc", className)}
    >
      {tone === "waiting" && shape ? waitingShapes[shape] : shapes[tone]}
    </svg>
  );
}
