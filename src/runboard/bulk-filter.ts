// Which runs a verb on many is about, as the server understands it and as people read it.
import type { OperationVerb } from "../core/run.ts";
import { runStatusLook } from "../ui/status.tsx";
import type { BoardFilters } from "./board-filters.ts";
import type { CardRun } from "./card.ts";

/** What the bulk verbs take; see `OperationFilter` in src/data. */
export interface BulkFilter {
  workflow?: string;
  status?: BoardFilters["status"];
  ids?: readonly string[];
}

export interface BulkTarget {
  filter: BulkFilter;
  /** "Failed runs of Nightly sync", "3 chosen runs". */
  words: string;
}

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

export function chosenRuns(runs: readonly CardRun[]): BulkTarget {
  return { filter: { ids: runs.map(({ id }) => id) }, words: plural(runs.length, "chosen run") };
}

/**
 * The server knows statuses and workflows and finds runs the board has not loaded; words it does not search, so with words in
 * the filter these are the runs in sight.
 * @returns null when nothing is filtered: a verb on everything is asked for by a filter that says so
 */
export function filteredRuns(
  filters: BoardFilters,
  shown: readonly CardRun[],
  titleOf: (workflowId: string) => string,
): BulkTarget | null {
  const { status, workflow, text } = filters;
  if (text.trim() !== "")
    return { filter: { ids: shown.map(({ id }) => id) }, words: plural(shown.length, "run") + " in sight" };
  if (status.length === 0 && workflow === null) return null;
  const kinds = status.map((each) => runStatusLook[each].label.toLowerCase()).join(" or ");
  const head = kinds === "" ? "Runs" : `${kinds.charAt(0).toUpperCase()}${kinds.slice(1)} runs`;
  return {
    filter: { ...(status.length > 0 ? { status } : {}), ...(workflow === null ? {} : { workflow }) },
    words: workflow === null ? head : `${head} of ${titleOf(workflow)}`,
  };
}

export const verbWords: Record<OperationVerb, { now: string; doing: string; done: string }> = {
  retry: { now: "Retry", doing: "Retrying", done: "Retried" },
  cancel: { now: "Cancel", doing: "Cancelling", done: "Cancelled" },
  move: { now: "Move", doing: "Moving", done: "Moved" },
};
