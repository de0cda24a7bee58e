// What the board shows: filters as data, so that they can live in the address.
import { RunStatus } from "../core/run.ts";
import type { CardRun } from "./card.ts";

export interface BoardFilters {
  /** Empty shows every status. */
  status: readonly RunStatus[];
  /** A workflow's id; null shows all. */
  workflow: string | null;
  /** Words that must stand in the title, the workflow's title, the error or the id. */
  text: string;
}

export const noFilters: BoardFilters = { status: [], workflow: null, text: "" };

export function isFiltered(filters: BoardFilters): boolean {
  return filters.status.length > 0 || filters.workflow !== null || filters.text.trim() !== "";
}

/** @returns whether the board shows a run under these filters */
export function matchesFilters(run: CardRun, workflowTitle: string, filters: BoardFilters): boolean {
  if (filters.status.length > 0 && !filters.status.includes(run.status)) return false;
  if (filters.workflow !== null && run.workflowId !== filters.workflow) return false;
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text =
    `${run.title} ${workflowTitle} ${run.id} ${run.error?.message ?? ""} ${run.error?.code ?? ""} ${run.lane}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The status chip's next set when one is clicked. */
export function toggleStatus(filters: BoardFilters, status: RunStatus): BoardFilters {
  const on = filters.status.includes(status);
  return {
    ...filters,
    status: on ? filters.status.filter((each) => each !== status) : [...filters.status, status],
  };
}

/** Runs by status among `runs`, for the counts on the chips. */
export function countByStatus(runs: readonly CardRun[]): Record<RunStatus, number> {
  const counts: Record<RunStatus, number> = {
    queued: 0,
    running: 0,
    waiting: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const run of runs) counts[run.status] += 1;
  return counts;
}
