// The columns of the board with their rows, for either way of looking at it.
import { RunStatus } from "../core/run.ts";
import { columnRows, type ColumnRow } from "./column-rows.ts";
import type { CardLane, CardRun } from "./card.ts";
import { groupByLane, groupByStatus, type Column } from "./lanes.ts";

/** What a person has folded and unfolded, by column. */
export interface Folding {
  /** Columns whose finished group is open. */
  finishedOpen: ReadonlySet<string>;
  /** Finished cards shown per column beyond the first ones. */
  shown: Readonly<Record<string, number>>;
  /** Stacks unfolded, as `column/workflow`. */
  stacks: ReadonlySet<string>;
}

export const nothingFolded: Folding = { finishedOpen: new Set(), shown: {}, stacks: new Set() };

/** Finished cards a column shows before "show more". */
export const finishedPage = 20;

export interface ShownColumn {
  column: Column;
  rows: ColumnRow[];
  /** Absent for columns that are statuses. */
  lane: CardLane | undefined;
  status: RunStatus | undefined;
}

/**
 * Lays the runs out in columns.
 * @param complete no older run is left to read
 */
export function boardColumns(
  view: "lanes" | "status",
  runs: readonly CardRun[],
  lanes: readonly CardLane[],
  folding: Folding,
  complete: boolean,
): ShownColumn[] {
  const columns = view === "lanes" ? groupByLane(runs, lanes) : groupByStatus(runs);
  return columns.map((column) => {
    const openStacks = new Set(
      [...folding.stacks].flatMap((name) =>
        name.startsWith(`${column.key}/`) ? [name.slice(column.key.length + 1)] : [],
      ),
    );
    const state = {
      finishedOpen: folding.finishedOpen.has(column.key),
      finishedShown: folding.shown[column.key] ?? finishedPage,
      openStacks,
      mayHaveMore: !complete,
    };
    const status = RunStatus.safeParse(column.key);
    return {
      column,
      rows: columnRows(column, state, view === "lanes"),
      lane: lanes.find((lane) => lane.name === column.key),
      status: view === "status" && status.success ? status.data : undefined,
    };
  });
}
