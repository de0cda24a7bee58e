// Stretches as bars on the axis; thousands of them merge into the few that can be told apart.
import type { TimeScale } from "./time-scale.ts";
import type { Segment, SegmentKind } from "./timeline.ts";

export type BarLook = "queued" | "waiting" | "backoff" | "live" | "succeeded" | "failed" | "neutral";

/** Places as fractions of the width. */
export interface Bar {
  x: number;
  width: number;
  look: BarLook;
  /** Milliseconds of the first stretch in it, and how many it stands for. */
  ms: number;
  count: number;
  attempt: number;
}

/** Bars closer than this share of the width are one. */
const closest = 0.0015;

const quiet: Partial<Record<SegmentKind, BarLook>> = {
  queued: "queued",
  waiting: "waiting",
  backoff: "backoff",
};

function lookOf(segment: Segment): BarLook {
  const still = quiet[segment.kind];
  if (still) return still;
  if (segment.to === null) return "live";
  if (segment.ended === "failed" || segment.ended === "retry" || segment.ended === "lost") return "failed";
  return segment.ended === "succeeded" ? "succeeded" : "neutral";
}

/** Drawn from the back to the front. */
const layers: BarLook[] = ["queued", "waiting", "backoff", "neutral", "succeeded", "failed", "live"];

/** Puts a bar behind others, into the last of them where they could not be told apart. */
function append(bars: Bar[], bar: Bar): void {
  const last = bars.at(-1);
  if (last && bar.x >= last.x && bar.x <= last.x + last.width + closest) {
    last.width = Math.max(last.width, bar.x + bar.width - last.x);
    last.count += bar.count;
  } else bars.push(bar);
}

/** @returns bars in drawing order */
export function barsOf(segments: readonly Segment[], scale: TimeScale): Bar[] {
  // Many thousand stretches come nearly in order: most fall into the bar before, and few are left to sort.
  const byLook = new Map<BarLook, Bar[]>(layers.map((look) => [look, []]));
  for (const segment of segments) {
    const x = scale.at(segment.from);
    const end = segment.to ?? scale.end;
    const look = lookOf(segment);
    append(byLook.get(look) ?? [], {
      x,
      width: scale.at(end) - x,
      look,
      ms: end - segment.from,
      count: 1,
      attempt: segment.attempt,
    });
  }
  return [...byLook.values()].flatMap((bars) => {
    const merged: Bar[] = [];
    for (const bar of bars.sort((a, b) => a.x - b.x)) append(merged, bar);
    return merged;
  });
}
