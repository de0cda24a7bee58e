import type { Counts, StepStatus } from "../core/run.ts";
import { cx } from "../ui/cx.ts";
import { toneSolid, type Tone } from "../ui/tone.ts";

/** Up to this many steps each one is a segment of its own. */
const finest = 24;

const order: [StepStatus, Tone | null][] = [
  ["succeeded", "succeeded"],
  ["skipped", "skipped"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["running", "running"],
  ["waiting", "waiting"],
  ["ready", null],
  ["pending", null],
];

const words: Partial<Record<StepStatus, string>> = { succeeded: "done", pending: "to come", ready: "ready" };

/** The counts as a sentence, e.g. `4 of 7 steps done, 1 running`. */
export function countsText(counts: Counts): string {
  const done = `${counts.succeeded + counts.skipped} of ${counts.total} steps done`;
  const rest = order.flatMap(([status]) => {
    if (status === "succeeded" || status === "skipped" || status === "pending" || counts[status] === 0)
      return [];
    return [`${counts[status]} ${words[status] ?? status}`];
  });
  return [done, ...rest].join(", ");
}

/** How far a run is: one segment per step, or per state when there are many. */
export function ProgressSegments({ counts, className }: { counts: Counts; className?: string }) {
  const fine = counts.total <= finest;
  const segments = order.flatMap(([status, tone]) => {
    const count = counts[status];
    if (count === 0) return [];
    return fine
      ? Array.from({ length: count }, (_, i) => ({ key: `${status}${i}`, grow: 1, status, tone }))
      : [{ key: status, grow: count, status, tone }];
  });
  return (
    <div
      role="img"
      aria-label={countsText(counts)}
      title={countsText(counts)}
      className={cx("flex h-1 gap-px overflow-hidden rounded-full", className)}
    >
      {segments.length === 0 && <span className="flex-1 bg-line" />}
      {segments.map(({ key, grow, status, tone }) => (
        <span
          key={key}
          style={{ flexGrow: grow }}
          className={cx(
            "min-w-px basis-0",
            tone ? toneSolid[tone] : "bg-line-strong",
            status === "running" && "animate-breathe",
            status === "skipped" && "opacity-40",
          )}
        />
      ))}
    </div>
  );
}
