// A column of the board: its heading, and as many cards as fit the window.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState, type DragEvent, type ReactNode } from "react";
import { cx } from "../ui/cx.ts";
import type { CardRun } from "./card.ts";
import type { ColumnRow } from "./column-rows.ts";
import { cardHeight, dragType } from "./RunCard.tsx";
import { StackCard, stackHeight } from "./StackCard.tsx";

const gap = 8;
const heights: Record<ColumnRow["kind"], number> = {
  card: cardHeight + gap,
  stack: stackHeight + gap,
  heading: 30,
  more: 36,
};

interface BoardColumnProps {
  label: string;
  header: ReactNode;
  rows: readonly ColumnRow[];
  /** Shown when there is no row. */
  empty: ReactNode;
  drawCard: (run: CardRun) => ReactNode;
  titleOf: (workflowId: string) => string;
  onOpenStack: (workflowId: string) => void;
  onFold: () => void;
  onMore: () => void;
  /** Leaves its room to the columns beside it. */
  narrow: boolean;
  /** Absent when nothing can be dropped here. */
  onDrop?: (runId: string) => void;
  /** Scrolls this run into view when it gets the focus. */
  focusedRun: string | null;
}

function Row({ row, props }: { row: ColumnRow; props: BoardColumnProps }) {
  switch (row.kind) {
    case "card":
      return props.drawCard(row.run);
    case "stack":
      return (
        <StackCard
          stack={row.stack}
          workflowTitle={props.titleOf(row.stack.workflowId)}
          onOpen={() => props.onOpenStack(row.stack.workflowId)}
        />
      );
    case "heading":
      return row.open === null ? (
        <h3 className="pt-1.5 text-sm font-medium text-failed tabular">{row.text}</h3>
      ) : (
        <button
          type="button"
          aria-expanded={row.open}
          onClick={props.onFold}
          className="flex items-center gap-1 rounded-sm pt-1.5 pr-1.5 text-sm text-muted tabular hover:text-ink"
        >
          <ChevronRight
            aria-hidden
            className={cx("size-3.5 transition-transform duration-100", row.open && "rotate-90")}
          />
          {row.text}
        </button>
      );
    case "more":
      return (
        <button
          type="button"
          onClick={props.onMore}
          className="h-7 w-full rounded-control text-sm text-muted hover:bg-hover hover:text-ink"
        >
          Show more{row.left > 0 && <span className="tabular"> · {row.left}</span>}
        </button>
      );
  }
}

export function BoardColumn(props: BoardColumnProps) {
  const { label, header, rows, empty, narrow, onDrop, focusedRun } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  // oxlint-disable-next-line react/incompatible-library -- its functions are called here and handed to nobody
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[rows[index]?.kind ?? "card"],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 4,
    // Room for the focus ring of the first card.
    paddingStart: 2,
    paddingEnd: 8,
  });
  useEffect(() => list.measure(), [list, rows]);
  const reveal = useEffectEvent((runId: string | null) => {
    const index = rows.findIndex((row) => row.kind === "card" && row.run.id === runId);
    if (index >= 0) list.scrollToIndex(index, { align: "auto" });
  });
  // Only a new focus scrolls; new rows must not pull the column away from under the reader.
  useEffect(() => reveal(focusedRun), [focusedRun]);
  const dragOver = (event: DragEvent) => {
    if (!onDrop || !event.dataTransfer.types.includes(dragType)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const id = event.dataTransfer.getData(dragType);
    if (id) onDrop?.(id);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what dropping does has keys and a menu too
    <section
      aria-label={label}
      onDragOver={dragOver}
      onDragLeave={(event) =>
        event.currentTarget.contains(event.relatedTarget as Node | null) || setOver(false)
      }
      onDrop={drop}
      className={cx(
        "isolate flex min-h-0 flex-col rounded-card border border-line bg-panel transition-colors duration-100",
        narrow ? "w-32 shrink-0" : "min-w-54 flex-1",
        over && "border-accent bg-accent-soft",
      )}
    >
      {header}
      <div ref={scroller} tabIndex={-1} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-2">
        {rows.length === 0 && <div className="px-2 py-6 text-center text-sm text-faint">{empty}</div>}
        <ul className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <li
                  key={item.key}
                  className="absolute inset-x-0 top-0 transition-transform duration-[120ms] ease-out"
                  style={{
                    transform: `translateY(${item.start}px)`,
                    height: item.size - (row.kind === "card" ? gap : 0),
                  }}
                >
                  <Row row={row} props={props} />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </section>
  );
}
