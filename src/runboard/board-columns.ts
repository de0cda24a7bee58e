// The columns of the board with their rows, for either way of looking at it.
import { RunStatus } from "../core/run.ts";
import { columnRows, type ColumnRow } from "./column-rows.ts";
import type { CardLane, CardRun } from "./card.ts";
import { groupByLane, groupByStatus, type Column } from "./lanes.ts";

/** What a person has folded and unfolded, by column. */
export interface Folding {
  /** Columns whose finished group is folded. */
  finishedFolded: ReadonlySet<string>;
  /** Finished cards shown per column beyond the first ones. */
  shown: Readonly<Record<string, number>>;
  /** Stacks unfolded, as `column/workflow`. */
  stacks: ReadonlySet<string>;
}

const storageKey = "runboard.board-folded";

/** The folding this browser last had; finished groups are open at first. */
export function storedFolding(): Folding {
  const folded = (localStorage.getItem(storageKey) ?? "").split(" ").filter(Boolean);
  return { finishedFolded: new Set(folded), shown: {}, stacks: new Set() };
}

/** Folds or unfolds a column's finished group and remembers it. */
export function toggleFinished(folding: Folding, column: string): Folding {
  const finishedFolded = new Set(folding.finishedFolded);
  if (!finishedFolded.delete(column)) finishedFolded.add(column);
  localStorage.setItem(storageKey, [...finishedFolded].join(" "));
  return { ...folding, finishedFolded };
}

/** Shows one more page of a column's finished cards. */
export function showMoreOf(folding: Folding, column: string, first: number): Folding {
  return { ...folding, shown: { ...folding.shown, [column]: (folding.shown[column] ?? first) + morePage } };
}

/** Unfolds the stack of a workflow in a column. */
export function openStack(folding: Folding, column: string, workflowId: string): Folding {
  return { ...folding, stacks: new Set([...folding.stacks, `${column}/${workflowId}`]) };
}

/** Finished cards a column shows before "show more": few below live work, many where they are all there is. */
export const finishedFirst = { lanes: 5, status: 20 };
const morePage = 20;

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
      finishedOpen: !folding.finishedFolded.has(column.key),
      finishedShown: folding.shown[column.key] ?? finishedFirst[view],
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
