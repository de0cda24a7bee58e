// One run as its page shows it: the rows as they were read, the events as they come, and everything folded from them.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunEvent } from "../core/run-event.ts";
import { asDataError, type DataError } from "../data/data-error.ts";
import { openRunFeed, type FeedState } from "../data/run-feed.ts";
import { loadRun, loadSteps, type RunRow, type StepRow } from "../data/runs.ts";
import { foldSegments, type Segments } from "./timeline.ts";

export interface RunState {
  run: RunRow | null;
  steps: readonly StepRow[];
  events: readonly RunEvent[];
  segments: Segments;
  feed: FeedState;
  /** Why the run could not be read; what was read before stays. */
  problem: DataError | null;
}

export interface OpenRun {
  store: StoreApi<RunState>;
  /** Reads the rows again, e.g. after a verb. */
  refresh: () => void;
  close: () => void;
}

/** Rows are read at most this often while events pour in, and less often the more there are. Milliseconds. */
const paceMs = 250;

/** Opens a run; close it when it leaves the screen. */
export function openRun(runId: string): OpenRun {
  const store = createStore<RunState>()(() => ({
    run: null,
    steps: [],
    events: [],
    segments: new Map(),
    feed: { state: "connecting", caughtUp: 0 },
    problem: null,
  }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading = false;
  let again = false;
  let closed = false;

  const read = async (): Promise<void> => {
    reading = true;
    try {
      const [run, steps] = await Promise.all([loadRun(runId), loadSteps(runId)]);
      if (!closed) store.setState({ run, steps, problem: null });
    } catch (error) {
      if (!closed) store.setState({ problem: asDataError(error) });
    }
    reading = false;
    if (again) schedule();
  };
  const schedule = (): void => {
    again = reading;
    if (reading || closed) return;
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void read();
      },
      Math.min(5_000, paceMs + store.getState().steps.length),
    );
  };

  const feed = openRunFeed(
    runId,
    (arrived) => {
      store.setState(({ events, segments }) => ({
        events: [...events, ...arrived],
        segments: foldSegments(segments, arrived),
      }));
      schedule();
    },
    (state) => store.setState({ feed: state }),
  );
  void read();

  return {
    store,
    refresh: schedule,
    close() {
      closed = true;
      clearTimeout(timer);
      feed.close();
    },
  };
}
