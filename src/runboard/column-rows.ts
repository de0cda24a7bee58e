// What stands in a column from top to bottom: live cards, failed ones, and the finished group.
import type { CardRun } from "./card.ts";
import { foldFlood, isStack, type Stack } from "./flood.ts";
import type { Column } from "./lanes.ts";

export type ColumnRow =
  | { kind: "card"; key: string; run: CardRun }
  | { kind: "stack"; key: string; stack: Stack }
  | { kind: "heading"; key: string; text: string; group: "failed" | "finished"; open: boolean | null }
  | { kind: "more"; key: string; left: number };

/** Queued cards of one workflow before the rest folds into a stack. */
const keepQueued = 4;

export interface ColumnState {
  finishedOpen: boolean;
  /** Finished cards shown when the group is open. */
  finishedShown: number;
  /** Workflows whose stack is unfolded. */
  openStacks: ReadonlySet<string>;
  /** More finished runs exist than were read. */
  mayHaveMore: boolean;
}

/**
 * Lists a column's rows.
 * @param grouped false shows everything as one list, for columns that are one status
 */
export function columnRows(column: Column, state: ColumnState, grouped: boolean): ColumnRow[] {
  const card = (run: CardRun): ColumnRow => ({ kind: "card", key: run.id, run });
  const live = foldFlood(column.live, keepQueued, state.openStacks).map((entry): ColumnRow =>
    isStack(entry) ? { kind: "stack", key: `stack-${entry.workflowId}`, stack: entry } : card(entry),
  );
  const ended = [...column.failed, ...column.finished];
  const more = (runs: CardRun[]): ColumnRow[] => {
    const left = runs.length - state.finishedShown;
    return left > 0 || state.mayHaveMore ? [{ kind: "more", key: "more", left: Math.max(0, left) }] : [];
  };
  if (!grouped)
    return [
      ...live,
      ...ended.slice(0, state.finishedShown).map(card),
      ...(ended.length > 0 ? more(ended) : []),
    ];
  const failed: ColumnRow[] =
    column.failed.length === 0
      ? []
      : [
          {
            kind: "heading",
            key: "failed",
            text: `Failed ${column.failed.length}`,
            group: "failed",
            open: null,
          },
          ...column.failed.map(card),
        ];
  if (column.finished.length === 0) return [...live, ...failed];
  const heading: ColumnRow = {
    kind: "heading",
    key: "finished",
    text: `Finished ${column.finished.length}${state.mayHaveMore ? "+" : ""}`,
    group: "finished",
    open: state.finishedOpen,
  };
  if (!state.finishedOpen) return [...live, ...failed, heading];
  return [
    ...live,
    ...failed,
    heading,
    ...column.finished.slice(0, state.finishedShown).map(card),
    ...more(column.finished),
  ];
}

/** The runs of a column in the order the keys walk through them. */
export function walkOrder(rows: readonly ColumnRow[]): CardRun[] {
  return rows.flatMap((row) => (row.kind === "card" ? [row.run] : []));
}
