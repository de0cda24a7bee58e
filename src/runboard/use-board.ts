// The board's state for its components: runs with pending commands laid over them, their live steps, and the chains.
import { useQuery, keepPreviousData } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { readLiveSteps, type LiveStepRow } from "../data/live-steps.ts";
import { readRunsById, type RunRow } from "../data/runs.ts";
import { createBoard, type Board } from "./board-store.ts";
import { foldChains, triesOf, type CardRun } from "./card.ts";
import { applyPending } from "./pending.ts";
import { groupBy } from "./group-by.ts";

/** Runs whose live steps are read; the cards beyond fall back to counts. */
const mostFollowed = 60;
/** Steps move without run-level events, so cards of running runs are read again at this pace. Milliseconds. */
const stepPaceMs = 1_500;

/** The board, followed while the component is shown. */
export function useBoard(workspaceId: string): Board {
  const board = useMemo(() => createBoard(workspaceId), [workspaceId]);
  useEffect(() => board.follow(), [board]);
  return board;
}

const noSteps: readonly LiveStepRow[] = [];

/** Live steps by run; keeps the counts of running cards current on the way. */
function useLiveSteps(board: Board, live: readonly CardRun[]): (runId: string) => readonly LiveStepRow[] {
  const followed = live
    .filter((run) => run.status === "running" || run.status === "waiting")
    .slice(0, mostFollowed);
  const running = followed.filter((run) => run.status === "running").map((run) => run.id);
  const { data } = useQuery({
    queryKey: ["board", "live-steps", followed.map((run) => `${run.id} ${run.status}`).sort()],
    queryFn: async () => {
      const [steps, rows] = await Promise.all([
        readLiveSteps(followed.map((run) => run.id)),
        readRunsById(running),
      ]);
      board.take(rows);
      return groupBy(steps, (step) => step.runId);
    },
    enabled: followed.length > 0,
    refetchInterval: running.length > 0 ? stepPaceMs : false,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return (runId) => data?.get(runId) ?? noSteps;
}

export interface BoardCards {
  runs: readonly RunRow[];
  triesOf: (runId: string) => number;
  stepsOf: (runId: string) => readonly LiveStepRow[];
}

/** The newest run of every chain, as the cards show it. */
export function useBoardCards(board: Board): BoardCards {
  const view = useStore(board.store, (state) => state.view);
  const pending = useStore(board.store, (state) => state.pending);
  const folded = useMemo(() => {
    const shown = applyPending([...view.cards.values()], pending);
    return foldChains(shown);
  }, [view, pending]);
  const runs = useMemo(() => folded.map(({ run }) => run), [folded]);
  const tries = useMemo(
    () => new Map(folded.map(({ run, chain }) => [run.id, triesOf(run, chain)])),
    [folded],
  );
  const stepsOf = useLiveSteps(board, runs);
  return { runs, triesOf: (runId) => tries.get(runId) ?? 1, stepsOf };
}
