import { ChevronRight } from "lucide-react";
import { cx } from "../ui/cx.ts";
import { StatusIcon } from "../ui/status-icon.tsx";
import { statusLook } from "../ui/status.tsx";
import { formatDuration, formatElapsed } from "../ui/time-format.ts";
import type { TreeRow } from "./step-tree.ts";
import type { TimeScale } from "./time-scale.ts";
import { timeSpent } from "./timeline.ts";
import { TimelineTrack } from "./TimelineTrack.tsx";

export const labelWidth = "w-36 @md:w-48 @3xl:w-72";

interface TimelineRowProps {
  row: TreeRow;
  scale: TimeScale;
  /** Milliseconds since the epoch. */
  now: number;
  chosen: boolean;
  onChoose: () => void;
  onToggle: () => void;
}

/** From the first start to the last end; of one attempt, its work alone. */
function tookText(row: TreeRow, now: number): string {
  if (row.segments.length === 0) return row.status === "skipped" ? "skipped" : "–";
  const first = row.segments.find((segment) => segment.kind === "running");
  const last = row.segments.at(-1);
  const isAttempt = row.kind === "attempt" || !first;
  const ms = isAttempt ? timeSpent(row.segments, now).running : (last?.to ?? now) - first.from;
  return last?.to === null ? formatElapsed(ms) : formatDuration(ms);
}

function Fold({ open, onToggle }: { open: boolean | null; onToggle: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      title={open ? "Fold" : "Unfold"}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
      className={cx(
        "inline-flex size-4 shrink-0 items-center justify-center rounded-sm text-faint hover:text-ink",
        open === null && "invisible",
      )}
    >
      <ChevronRight className={cx("size-3.5 transition-transform duration-100", open && "rotate-90")} />
    </button>
  );
}

/** One line of the timeline. Its name is the step and its status; figures are its description. */
export function TimelineRow({ row, scale, now, chosen, onChoose, onToggle }: TimelineRowProps) {
  const { tone, label, shape } = statusLook(row.status, row.step.waitingFor);
  const tries = row.kind === "step" && row.step.tries > 1 ? `×${row.step.tries}` : "";
  const items =
    row.kind === "step" && row.step.itemsTotal != null
      ? row.step.kind === "repeat"
        ? `turn ${row.step.itemsTotal}`
        : `${row.step.itemsDone ?? 0}/${row.step.itemsTotal}`
      : "";
  const took = tookText(row, now);
  const id = `timeline-${row.id}`;
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree has the focus and the keys
    <div
      role="treeitem"
      tabIndex={-1}
      id={id}
      aria-level={row.depth + 1}
      aria-selected={chosen}
      aria-expanded={row.open ?? undefined}
      aria-label={`${row.label}, ${label}`}
      aria-describedby={`${id}-count ${id}-took`}
      onClick={onChoose}
      className={cx(
        "flex h-7 cursor-pointer items-center pr-1 hover:bg-hover",
        chosen && "bg-accent-soft hover:bg-accent-soft",
        row.segments.length === 0 && "text-faint",
      )}
    >
      <span
        className={cx("flex shrink-0 items-center gap-1.5 pr-3", labelWidth)}
        style={{ paddingLeft: 8 + row.depth * 16 }}
      >
        <Fold open={row.open} onToggle={onToggle} />
        <StatusIcon tone={tone} shape={shape} className="size-3.5" />
        <span className="min-w-0 truncate" title={row.label}>
          {row.label}
        </span>
        <span id={`${id}-count`} className="flex shrink-0 gap-1.5 text-xs text-faint tabular">
          {tries && <span>{tries}</span>}
          {items && <span>{items}</span>}
        </span>
      </span>
      <TimelineTrack segments={row.segments} scale={scale} />
      <span
        id={`${id}-took`}
        className="w-20 shrink-0 pr-2 text-right text-sm whitespace-nowrap text-muted tabular"
      >
        {took}
      </span>
    </div>
  );
}
