// What a person can do to cards, with the promise shown at once and taken back when the server refuses.
import { useMemo } from "react";
import { cancelRun, moveRun, pauseRun, resumeRun } from "../data/runs.ts";
import { showDone, showFailure, showNote } from "../ui/toast.tsx";
import type { Board } from "./board-store.ts";
import { canCancel, canPause, canRetry } from "./card-actions.ts";
import { laneLabel, type CardLane, type CardRun } from "./card.ts";
import { whyNotMove } from "./pending.ts";
import { retryNow } from "./retry-now.ts";

export interface BoardVerbs {
  retry: (run: CardRun) => Promise<void>;
  cancel: (run: CardRun) => Promise<void>;
  /** Pauses, or lets a paused run go on. */
  pause: (run: CardRun) => Promise<void>;
  move: (run: CardRun, lane: string) => Promise<void>;
}

interface Wiring {
  board: Board;
  lanes: readonly CardLane[];
  /** Opens the sheet for a run whose retry needs a look. */
  look: (run: CardRun) => void;
}

/** The verbs of the board. Each shows its result or why it was refused, and never throws. */
export function useBoardVerbs({ board, lanes, look }: Wiring): BoardVerbs {
  return useMemo(() => {
    const attempt = async (run: CardRun, what: string, act: () => Promise<void>) => {
      try {
        await act();
      } catch (error) {
        board.withdraw(run.id);
        showFailure(`${run.title} could not be ${what}`, error);
      }
    };
    const move = async (run: CardRun, lane: string): Promise<void> => {
      const reason = whyNotMove(
        run,
        lane,
        lanes.map(({ name }) => name),
      );
      if (reason) return showNote("Not moved", { description: reason });
      const from = run.lane;
      const target = lanes.find(({ name }) => name === lane);
      board.promise(run.id, { verb: "move", lane });
      await attempt(run, "moved", async () => {
        await moveRun(run.id, lane);
        const undo = () => void move({ ...run, lane }, from);
        showDone(`${run.title} moved to ${target ? laneLabel(target) : lane}`, {
          action: { label: "Undo", run: undo },
        });
      });
    };
    return {
      move,
      retry: async (run) => {
        if (!canRetry(run))
          return showNote("Nothing to retry", {
            description: `${run.title} has not failed: it is ${run.status}.`,
          });
        board.promise(run.id, { verb: "retry", seq: run.lastSeq });
        await attempt(run, "retried", async () => {
          const outcome = await retryNow(run.id);
          if (outcome.kind === "resumed")
            return showDone(`${run.title} goes on`, { description: `${outcome.summary}.` });
          board.withdraw(run.id);
          look(run);
        });
      },
      cancel: async (run) => {
        if (!canCancel(run))
          return showNote("Nothing to cancel", {
            description: `${run.title} is ${run.cancelRequestedAt ? "being cancelled" : run.status} already.`,
          });
        board.promise(run.id, { verb: "cancel", at: new Date().toISOString() });
        await attempt(run, "cancelled", async () => {
          await cancelRun(run.id);
        });
      },
      pause: async (run) => {
        if (!canPause(run))
          return showNote("Nothing to pause", { description: `${run.title} is ${run.status}.` });
        const paused = Boolean(run.pausedAt);
        board.promise(run.id, { verb: "pause", at: paused ? null : new Date().toISOString() });
        await attempt(run, paused ? "resumed" : "paused", async () => {
          await (paused ? resumeRun(run.id) : pauseRun(run.id));
        });
      },
    };
  }, [board, lanes, look]);
}
