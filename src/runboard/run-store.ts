// One run as its page shows it: the rows as they were read, the events as they come, and everything folded from them.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunEvent } from "../core/run-event.ts";
import { asDataError, type DataError } from "../data/data-error.ts";
import { openRunFeed, type FeedState } from "../data/run-feed.ts";
import type { RunRow, StepRow } from "../data/run-rows.ts";
import { noticeFeed } from "./feed-notice.ts";
import { fewChanged, readChanged, readWhole, type RunRows } from "./run-reader.ts";
import { foldSegments, type Segments } from "./timeline.ts";

export interface RunState {
  run: RunRow | null;
  steps: readonly StepRow[];
  /** Only what leads in a large run was read so far. */
  partial: boolean;
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
/** As often are those that changed in a large run. Milliseconds. */
const changesPaceMs = 1_000;
/** As often are all of a large run, and all after a read that failed. Milliseconds. */
const slowestMs = 5_000;

/** A run, empty until it is followed. */
export function createRun(runId: string): OpenRun {
  const store = createStore<RunState>()(() => ({
    run: null,
    steps: [],
    partial: false,
    events: [],
    segments: new Map(),
    feed: { state: "connecting", caughtUp: 0 },
    problem: null,
  }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading = false;
  let closed = true;
  /** Somebody asked for the rows, whatever the events say. */
  let asked = true;
  /** The rows hold what the events up to this one say. */
  let upTo = 0;
  /** All steps of a large run were read once: from then on what changes is enough. */
  let large = false;
  let pace = paceMs;

  const seen = (): number => store.getState().events.at(-1)?.seq ?? 0;
  const readAll = async (): Promise<RunRows> => {
    const from = seen();
    const {
      run,
      steps,
      upTo: read,
    } = await readWhole(runId, (leading) => {
      if (!closed && store.getState().run === null) store.setState({ ...leading, partial: true });
    });
    large = read > 0;
    upTo = Math.max(from, read);
    pace = Math.min(slowestMs, paceMs + steps.length);
    return { run, steps };
  };
  const readOn = async (): Promise<RunRows> => {
    const { events, steps } = store.getState();
    const changed = large ? fewChanged(events.filter(({ seq }) => seq > upTo)) : null;
    if (!changed) return readAll();
    const from = seen();
    const rows = await readChanged(runId, steps, changed);
    upTo = from;
    pace = changesPaceMs;
    return rows;
  };
  const read = async (): Promise<void> => {
    reading = true;
    asked = false;
    try {
      const rows = await readOn();
      if (!closed) store.setState({ ...rows, partial: false, problem: null });
    } catch (error) {
      pace = slowestMs;
      if (!closed) store.setState({ problem: asDataError(error) });
    }
    reading = false;
    schedule();
  };
  const schedule = (): void => {
    if (reading || closed || (!asked && seen() <= upTo)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void read();
    }, pace);
  };
  const refresh = (): void => {
    asked = true;
    schedule();
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

  return { store, refresh, follow };
}
