// The run's trace: one line per step, queue, work, wait and backoff apart, on an axis that cuts what was only waiting short.
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from "react";
import { useNow } from "../ui/clock.ts";
import { cx } from "../ui/cx.ts";
import { formatDuration } from "../ui/time-format.ts";
import { timeScale, type TimeScale } from "./time-scale.ts";
import type { Segment } from "./timeline.ts";
import { labelWidth, TimelineRow } from "./TimelineRow.tsx";
import type { TreeRow } from "./step-tree.ts";

const rowHeight = 28;
/** Pixels a tick's label needs. */
const tickWidth = 72;

export interface TimelineProps {
  rows: readonly TreeRow[];
  /** Of the whole run, for the axis. */
  segments: readonly Segment[];
  startedAt: number;
  /** Null while the run lasts. */
  finishedAt: number | null;
  chosen: string | null;
  onChoose: (row: TreeRow) => void;
  onToggle: (row: TreeRow, open: boolean) => void;
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.round(entry.contentRect.width / 20) * 20),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Ticks stand on whole units, so `5 s` and not `5.0 s`. */
function tickLabel(ms: number): string {
  if (ms === 0) return "0";
  return ms < 10_000 && ms % 1_000 === 0 ? `${ms / 1_000} s` : formatDuration(ms);
}

function Axis({ scale }: { scale: TimeScale }) {
  return (
    <div
      aria-hidden
      className="flex h-6 shrink-0 items-end border-b border-line pr-20 text-xs text-faint tabular"
    >
      <span className={cx("shrink-0", labelWidth)} />
      <span className="relative h-full min-w-0 flex-1">
        {scale.ticks.map((tick) => (
          <span
            key={tick.ms}
            className="absolute bottom-0.5 border-l border-line-strong pl-1 leading-none whitespace-nowrap"
            style={{ left: `${tick.x * 100}%` }}
          >
            {tickLabel(tick.ms)}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Bands where the axis is cut, behind all rows. */
function Cuts({ scale }: { scale: TimeScale }) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 flex pr-20">
      <span className={cx("shrink-0", labelWidth)} />
      <span className="relative min-w-0 flex-1">
        {scale.cuts.map((cut) => (
          <span
            key={cut.x0}
            className="hatched @container absolute inset-y-0 border-x border-dashed border-line-strong"
            style={{ left: `${cut.x0 * 100}%`, width: `${(cut.x1 - cut.x0) * 100}%` }}
          >
            {/* A band too narrow for its length says nothing rather than half of it. */}
            <span className="absolute top-1 left-1/2 hidden -translate-x-1/2 rounded-sm bg-panel px-1 text-xs leading-none whitespace-nowrap text-faint tabular @[2.5rem]:block">
              {formatDuration(cut.ms)}
            </span>
          </span>
        ))}
      </span>
    </div>
  );
}

export function Timeline({
  rows,
  segments,
  startedAt,
  finishedAt,
  chosen,
  onChoose,
  onToggle,
}: TimelineProps) {
  const clock = useNow(finishedAt === null ? 1_000 : 0);
  const now = finishedAt ?? Math.max(clock, startedAt);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const apart = Math.min(0.5, tickWidth / Math.max(1, width * 0.6));
  const scale = useMemo(() => timeScale(segments, startedAt, now, apart), [segments, startedAt, now, apart]);
  // oxlint-disable-next-line react/incompatible-library -- its functions are called here and handed to nobody
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const index = rows.findIndex((row) => row.id === chosen);
  const reveal = useEffectEvent(() => {
    if (index >= 0) list.scrollToIndex(index, { align: "auto" });
  });
  useEffect(() => {
    if (chosen !== null) reveal();
  }, [chosen]);
  const press = (event: KeyboardEvent) => {
    const row = rows[index];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = rows[Math.min(rows.length - 1, Math.max(0, index + step))];
      if (next) onChoose(next);
    } else if (row?.open === false && event.key === "ArrowRight") onToggle(row, true);
    else if (row?.open === true && event.key === "ArrowLeft") onToggle(row, false);
    else return;
    event.preventDefault();
  };
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      <Axis scale={scale} />
      <div
        ref={scroller}
        role="tree"
        aria-label="Timeline"
        aria-activedescendant={index >= 0 ? `timeline-${chosen}` : undefined}
        tabIndex={0}
        onKeyDown={press}
        className="relative min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <div className="relative min-h-full" style={{ height: list.getTotalSize() }}>
          <Cuts scale={scale} />
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <div
                  key={row.id}
                  role="presentation"
                  className="absolute inset-x-0 top-0"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <TimelineRow
                    row={row}
                    scale={scale}
                    now={now}
                    chosen={row.id === chosen}
                    onChoose={() => onChoose(row)}
                    onToggle={() => onToggle(row, !row.open)}
                  />
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}
