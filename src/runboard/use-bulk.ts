// The same verb on many runs, one after the other, so that it can be watched and stopped.
import { useRef, useState } from "react";
import { cancelRun } from "../data/runs.ts";
import { asDataError } from "../data/data-error.ts";
import type { BulkProgress } from "./BulkBar.tsx";
import { canCancel, canRetry } from "./card-actions.ts";
import type { CardRun } from "./card.ts";
import { retryNow } from "./retry-now.ts";

export interface Bulk {
  progress: BulkProgress | null;
  start: (verb: BulkProgress["verb"], runs: readonly CardRun[]) => Promise<void>;
  stop: () => void;
  clear: () => void;
}

async function one(verb: BulkProgress["verb"], run: CardRun): Promise<string | null> {
  try {
    if (verb === "Cancel") await cancelRun(run.id);
    else if ((await retryNow(run.id)).kind === "look")
      return `${run.title}: an effect would repeat, retry it by itself.`;
    return null;
  } catch (error) {
    return `${run.title}: ${asDataError(error).message}`;
  }
}

export function useBulk(): Bulk {
  const [progress, setProgress] = useState<BulkProgress | null>(null);
  const stopped = useRef(false);
  return {
    progress,
    async start(verb, runs) {
      const fitting = runs.filter(verb === "Retry" ? canRetry : canCancel);
      stopped.current = false;
      let now: BulkProgress = {
        verb,
        done: 0,
        failed: 0,
        total: fitting.length,
        refusal: null,
        running: true,
      };
      setProgress(now);
      for (const run of fitting) {
        if (stopped.current) break;
        const refusal = await one(verb, run);
        now = {
          ...now,
          done: now.done + 1,
          failed: now.failed + (refusal ? 1 : 0),
          refusal: refusal ?? now.refusal,
        };
        setProgress(now);
      }
      setProgress({ ...now, running: false });
    },
    stop() {
      stopped.current = true;
    },
    clear: () => setProgress(null),
  };
}
