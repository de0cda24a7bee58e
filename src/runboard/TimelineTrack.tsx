import { formatDuration } from "../ui/time-format.ts";
import { cx } from "../ui/cx.ts";
import { barsOf, type BarLook } from "./timeline-bars.ts";
import type { TimeScale } from "./time-scale.ts";
import type { Segment } from "./timeline.ts";

const looks: Record<BarLook, { className: string; words: string }> = {
  queued: { className: "top-[13px] h-0.5 bg-line-strong", words: "queued" },
  waiting: { className: "top-2.5 h-2 rounded-sm border border-waiting bg-waiting-soft", words: "waiting" },
  backoff: { className: "top-[13px] h-0 border-t-2 border-dotted border-waiting", words: "waiting to retry" },
  live: { className: "top-2 h-3 animate-breathe rounded-sm bg-running", words: "running" },
  succeeded: { className: "top-2 h-3 rounded-sm bg-succeeded", words: "succeeded" },
  failed: { className: "top-2 h-3 rounded-sm bg-failed", words: "failed" },
  neutral: { className: "top-2 h-3 rounded-sm bg-control", words: "ran" },
};

/** The stretches of one row. */
export function TimelineTrack({ segments, scale }: { segments: readonly Segment[]; scale: TimeScale }) {
  return (
    <div className="relative h-7 min-w-0 flex-1">
      {barsOf(segments, scale).map((bar) => {
        const { className, words } = looks[bar.look];
        const title = bar.count > 1 ? `${bar.count} × ${words}` : `${words} for ${formatDuration(bar.ms)}`;
        return (
          <span
            key={`${bar.look}${bar.x}`}
            title={title}
            className={cx("absolute min-w-0.5", className)}
            style={{ left: `${bar.x * 100}%`, width: `${bar.width * 100}%` }}
          />
        );
      })}
    </div>
  );
}

const legend: BarLook[] = ["queued", "live", "succeeded", "failed", "waiting", "backoff"];

/** What the bars mean. */
export function TimelineLegend() {
  return (
    <ul aria-label="Legend" className="flex flex-wrap items-center gap-x-3 text-xs text-faint">
      {legend.map((look) => (
        <li key={look} className="flex items-center gap-1">
          <span aria-hidden className="relative inline-block h-7 w-4 overflow-hidden">
            <span className={cx("absolute inset-x-0", looks[look].className, "animate-none")} />
          </span>
          {look === "backoff" ? "backoff" : looks[look].words}
        </li>
      ))}
    </ul>
  );
}
