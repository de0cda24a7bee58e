// A flood of queued runs folds into a stack, so that a column shows what differs instead of what repeats.
import { isHeld, type CardRun } from "./card.ts";
import { groupBy } from "./group-by.ts";

export interface Stack {
  stack: true;
  workflowId: string;
  runs: CardRun[];
  /** New runs per minute between the first and the last of the stack. */
  perMinute: number;
}
export type Entry = CardRun | Stack;

export function isStack(entry: Entry): entry is Stack {
  return "stack" in entry;
}

function perMinute(runs: readonly CardRun[]): number {
  const times = runs.map((run) => new Date(run.createdAt).getTime());
  const spread = Math.max(...times) - Math.min(...times);
  return Math.round((runs.length * 60_000) / Math.max(spread, 1_000));
}

/**
 * Folds queued runs of one workflow that exceed `keep` into a stack behind the first ones.
 * @param live cards in the column's order
 * @param keep queued cards of one workflow that stay cards
 * @param open workflows whose stack a person has opened
 */
export function foldFlood(live: readonly CardRun[], keep: number, open: ReadonlySet<string>): Entry[] {
  const queued = groupBy(live.filter(isHeld), (run) => run.workflowId);
  const entries: Entry[] = [];
  const seen = new Map<string, number>();
  for (const run of live) {
    const group = isHeld(run) ? (queued.get(run.workflowId) ?? []) : [];
    // A stack of one or two hides more than it saves.
    if (group.length <= keep + 2 || open.has(run.workflowId)) {
      entries.push(run);
      continue;
    }
    const place = seen.get(run.workflowId) ?? 0;
    seen.set(run.workflowId, place + 1);
    if (place < keep) entries.push(run);
    else if (place === keep) {
      const rest = group.slice(keep);
      entries.push({ stack: true, workflowId: run.workflowId, runs: rest, perMinute: perMinute(rest) });
    }
  }
  return entries;
}
