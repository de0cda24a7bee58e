// Live events of a run or a workspace. Realtime is a doorbell: what counts is what the database has stored.
import { z } from "zod";
import { RunEvent, type Envelope } from "../core/run-event.ts";
import { client } from "./client.ts";
import { noteArrival } from "./event-lag.ts";
import { filledRow, readRows } from "./request.ts";
import { mergeEvents, startMerge } from "./run-feed-merge.ts";
import { joinTopic } from "./topics.ts";
import { openChangedRuns } from "./changed-runs.ts";
import type { RunRow } from "./run-rows.ts";

export interface FeedState {
  state: "connecting" | "live" | "catching-up" | "offline";
  /** How many events the last reconnect brought; 0 when there was none. */
  caughtUp: number;
}

export interface Feed {
  close(): void;
}

/** Milliseconds between reads that nobody asked for: a lost last message leaves no gap to notice. */
const slowTickMs = 5_000;
/** For a workspace with runs under way: steps are not broadcast to it, so progress shows by reading. */
const busyTickMs = 1_500;
const pageSize = 1_000;
/** Pages of a long past that are read side by side. */
const pagesAtOnce = 3;

const StoredRow = z.preprocess(
  (row) => {
    const { stepKey, itemPath, ...event } = filledRow(row);
    return { ...event, ...(stepKey === undefined ? {} : { step: stepKey, item: itemPath ?? [] }) };
  },
  z.looseObject({ ...RunEvent.shape }),
);

/** Stored events of a run after `seq`, in order, at most the thousand that follow. @throws DataError */
export async function readEvents(runId: string, seq: number): Promise<RunEvent[]> {
  return readRows(
    StoredRow,
    "events",
    client()
      .from("run_events")
      .select("run_id, seq, kind, step_key, item_path, status, attempt, at, data, counts, workspace_id")
      .eq("run_id", runId)
      .gt("seq", seq)
      .lte("seq", seq + pageSize)
      .order("seq")
      .limit(pageSize),
    (row) => row,
  );
}

/** Runs one read at a time; rings that come meanwhile make one more. */
function coalesce(read: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async () => {
    do {
      again = false;
      await read();
    } while (again);
  };
  return () => {
    if (running) again = true;
    running ??= loop().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Hands on every event of a run once, in order and without gaps: first the stored ones, then each as it happens.
 * @param onState told whenever the state changes
 * @param after   the seq to start after; 0 for all
 */
export function openRunFeed(
  runId: string,
  onEvents: (events: RunEvent[]) => void,
  onState: (state: FeedState) => void = () => {},
  after = 0,
): Feed {
  let merge = startMerge(after);
  let closed = false;
  let failed = false;
  const report = reporter(onState);

  const take = (events: readonly (Envelope | RunEvent)[]): boolean => {
    const step = mergeEvents(merge, events);
    merge = step.merge;
    if (step.ready.length > 0 && !closed) onEvents(step.ready);
    return step.read;
  };
  const read = coalesce(async () => {
    try {
      // A long past is read from its second page on by several at once; the numbers are dense.
      for (let pages = 1; ; pages = pagesAtOnce) {
        const from = merge.last;
        const starts = Array.from({ length: pages }, (_, n) => from + n * pageSize);
        const events = await Promise.all(starts.map((start) => readEvents(runId, start)));
        take(events.flat());
        // A read that brings nothing on would come again for ever.
        if (events.some((page) => page.length < pageSize) || merge.last === from) break;
      }
      failed = false;
    } catch {
      // Offline, most likely; the tick tries again and the state says so.
      failed = true;
    }
  });
  const seen = () => merge.last;
  const stop = follow(`run:${runId}`, {
    take,
    read,
    seen,
    report,
    ok: () => !failed,
    tickMs: () => slowTickMs,
  });
  return {
    close() {
      closed = true;
      stop();
    },
  };
}

function reporter(onState: (state: FeedState) => void): (next: FeedState) => void {
  let last = "";
  return (next) => {
    const key = `${next.state} ${next.caughtUp}`;
    if (key !== last) onState(next);
    last = key;
  };
}

interface Followed {
  /** @returns whether something is missing */
  take(events: Envelope[]): boolean;
  read(): Promise<void>;
  /** Counts what has been handed on, so that a reconnect can tell how much it brought. */
  seen(): number;
  report(state: FeedState): void;
  /** Whether the last read worked. */
  ok(): boolean;
  /** Milliseconds until the next read that nobody asked for. */
  tickMs(): number;
}

/** Subscribe, then read, then merge; read again on a gap, on a slow tick and after every reconnect. */
function follow(topic: string, { take, read, seen, report, ok, tickMs }: Followed): () => void {
  let joined = false;
  let lostAt: number | undefined;
  let caughtUp = 0;
  let left = false;
  const settle = () => report({ state: joined && ok() ? "live" : ok() ? "connecting" : "offline", caughtUp });
  report({ state: "connecting", caughtUp });
  const leave = joinTopic(topic, {
    onEvents: (events) => {
      if (events.length === 0 || take(events)) void read().then(settle);
    },
    onState: (state) => {
      joined = state === "joined";
      if (!joined) {
        if (state === "lost") lostAt ??= seen();
        report({ state: state === "lost" ? "offline" : "connecting", caughtUp });
        return;
      }
      if (lostAt !== undefined) report({ state: "catching-up", caughtUp: 0 });
      void read().then(() => {
        // Counted from the loss: the slow tick may have read some of it meanwhile.
        caughtUp = lostAt === undefined ? 0 : seen() - lostAt;
        lostAt = undefined;
        settle();
      });
    },
  });
  // Does not wait for the topic: what is stored can be shown before it is live.
  void read();
  let tick: ReturnType<typeof setTimeout>;
  const ticking = async () => {
    if (document.visibilityState === "visible") {
      await read();
      if (joined || !ok()) settle();
    }
    if (!left) tick = setTimeout(() => void ticking(), tickMs());
  };
  tick = setTimeout(() => void ticking(), tickMs());
  const wake = () => void read().then(settle);
  const down = () => report({ state: "offline", caughtUp });
  window.addEventListener("online", wake);
  window.addEventListener("offline", down);
  return () => {
    leave();
    left = true;
    clearTimeout(tick);
    window.removeEventListener("online", wake);
    window.removeEventListener("offline", down);
  };
}

export interface WorkspaceFeedOptions {
  /** The current rows of runs that changed; read after each burst of events, and on the slow tick. */
  onRuns?: (runs: RunRow[]) => void;
  onState?: (state: FeedState) => void;
}

/**
 * Hands on the run-level events of a workspace as they happen, each once. Seqs are not dense here, since only `run.*` is broadcast:
 * what must be exact is in the rows given to `onRuns`.
 */
export function openWorkspaceFeed(
  workspaceId: string,
  onEvents: (events: Envelope[]) => void,
  options: WorkspaceFeedOptions = {},
): Feed {
  const newest = new Map<string, number>();
  let closed = false;
  const changed = openChangedRuns(workspaceId, (runs) => {
    if (!closed) options.onRuns?.(runs);
  });
  const stop = follow(`workspace:${workspaceId}`, {
    take: (events) => {
      const fresh = events.filter((event) => event.seq > (newest.get(event.runId) ?? 0));
      for (const event of fresh) newest.set(event.runId, event.seq);
      noteArrival(fresh);
      if (fresh.length > 0 && !closed) onEvents(fresh);
      changed.ring(fresh.map((event) => event.runId));
      return false;
    },
    read: coalesce(() => changed.read()),
    seen: () => changed.seen(),
    ok: () => changed.ok(),
    tickMs: () => (changed.busy() ? busyTickMs : slowTickMs),
    report: reporter(options.onState ?? (() => {})),
  });
  return {
    close() {
      closed = true;
      stop();
      changed.close();
    },
  };
}
