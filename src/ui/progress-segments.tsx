import type { Counts } from "../core/run.ts";
import { cx } from "./cx.ts";
import { toneSolid, type Tone } from "./tone.ts";

interface Part {
  tone: Tone;
  label: string;
  count: number;
}

function partsOf(counts: Counts): Part[] {
  const parts: Part[] = [
    { tone: "succeeded", label: "succeeded", count: counts.succeeded },
    { tone: "failed", label: "failed", count: counts.failed },
    { tone: "cancelled", label: "cancelled", count: counts.cancelled },
    { tone: "skipped", label: "skipped", count: counts.skipped },
    { tone: "running", label: "running", count: counts.running },
    { tone: "waiting", label: "waiting", count: counts.waiting },
  ];
  return parts.filter((part) => part.count > 0);
}

/** @returns e.g. "4 of 9 steps done: 3 succeeded, 1 failed, 1 running" */
export function progressText(counts: Counts): string {
  const done = counts.succeeded + counts.failed + counts.skipped + counts.cancelled;
  const parts = partsOf(counts).map((part) => `${part.count} ${part.label}`);
  return `${done} of ${counts.total} steps done${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

/** How far a run is, in parts by step state. Its size does not depend on the counts. */
export function ProgressSegments({ counts, className }: { counts: Counts; className?: string }) {
  const text = progressText(counts);
  return (
    <div
      title={text}
      className={cx("relative flex h-1.5 gap-px overflow-hidden rounded-full bg-pressed", className)}
    >
      <span className="sr-only">{text}</span>
      {partsOf(counts).map((part) => (
        <span
          key={part.tone}
          style={{ flexGrow: part.count, flexBasis: 0 }}
          className={cx(
            "min-w-0.5 transition-[flex-grow] duration-150",
            toneSolid[part.tone],
            part.tone === "running" && "animate-breathe",
            (part.tone === "skipped" || part.tone === "cancelled") && "opacity-50",
          )}
        />
      ))}
      <span style={{ flexGrow: counts.pending + counts.ready, flexBasis: 0 }} />
    </div>
  );
}
