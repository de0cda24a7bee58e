// One run as its page shows it: the rows as they were read, the events as they come, and everything folded from them.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunEvent } from "../core/run-event.ts";
import { asDataError, type DataError } from "../data/data-error.ts";
import { openRunFeed, type FeedState } from "../data/run-feed.ts";
import { loadRun, loadSteps, type RunRow, type StepRow } from "../data/runs.ts";
import { noticeFeed } from "./feed-notice.ts";
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
  /** Follows the run until it is told to stop. */
  follow: () => () => void;
}

/** Rows are read at most this often while events pour in, and less often the more there are. Milliseconds. */
const paceMs = 250;

/** A run, empty until it is followed. */
export function createRun(runId: string): OpenRun {
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
  let closed = true;

  const read = async (): Promise<void> => {
    reading = true;
    try {
      const row = loadRun(runId);
      // Where both fail, the steps' failure is the one that is shown.
      row.catch(() => undefined);
      // A run of many thousand steps shows at once what is there of it.
      const showFirst = async (first: StepRow[]): Promise<void> => {
        const run = await row;
        if (!closed && store.getState().run === null) store.setState({ run, steps: first });
      };
      let large = false;
      const steps = await loadSteps(runId, (first) => {
        large = true;
        void showFirst(first).catch(() => undefined);
      });
      // Reading many pages takes so long that the row from before them is old.
      const run = await (large ? loadRun(runId) : row);
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

  const follow = (): (() => void) => {
    closed = false;
    const notice = noticeFeed((state) => store.setState({ feed: state }));
    const take = (arrived: RunEvent[]): void => {
      store.setState(({ events, segments }) => ({
        events: [...events, ...arrived],
        segments: foldSegments(segments, arrived),
      }));
      schedule();
    };
    const feed = openRunFeed(runId, take, notice.onState, store.getState().events.at(-1)?.seq ?? 0);
    void read();
    return () => {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      notice.stop();
      feed.close();
    };
  };

  return { store, refresh: schedule, follow };
}
