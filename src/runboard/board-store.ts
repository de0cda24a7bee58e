// The board's runs: read once, then kept current by the workspace's feed. Older finished runs are read page by page.
import { createStore, type StoreApi } from "zustand/vanilla";
import { emptyBoardView, foldBoard, type BoardView } from "../core/run-view.ts";
import { asDataError, type DataError } from "../data/data-error.ts";
import { openWorkspaceFeed, type FeedState } from "../data/run-feed.ts";
import { listRuns, type RunRow } from "../data/runs.ts";
import { noticeFeed } from "./feed-notice.ts";
import { patienceMs, settlePending, type Pending, type PendingByRun } from "./pending.ts";

export interface BoardState {
  view: BoardView<RunRow>;
  feed: FeedState;
  /** The first page has been read. */
  loaded: boolean;
  problem: DataError | null;
  pending: PendingByRun;
  /** Runs that came in while the board was open. */
  fresh: ReadonlySet<string>;
  /** No older run is left to read. */
  complete: boolean;
}

export interface Board {
  store: StoreApi<BoardState>;
  loadMore: () => Promise<void>;
  promise: (runId: string, pending: Pending) => void;
  /** Takes back what the server refused. */
  withdraw: (runId: string) => void;
  /** Folds rows that were read elsewhere. */
  take: (rows: readonly RunRow[]) => void;
  /** Follows the workspace until it is told to stop. */
  follow: () => () => void;
}

const pageSize = 100;
const largeFrom = 1_000;
const largePaceMs = 150;

/** The board of a workspace, empty until it is followed. */
export function createBoard(workspaceId: string): Board {
  const store = createStore<BoardState>()(() => ({
    view: emptyBoardView<RunRow>(),
    feed: { state: "connecting", caughtUp: 0 },
    loaded: false,
    problem: null,
    pending: {},
    fresh: new Set(),
    complete: false,
  }));
  let cursor: { createdAt: string; id: string } | undefined;
  let loading = false;

  const take = (rows: readonly RunRow[]): void => {
    store.setState(({ view, pending, fresh, loaded }) => {
      const news = loaded ? rows.filter((row) => !view.cards.has(row.id)) : [];
      return {
        view: foldBoard(view, rows),
        pending: settlePending(rows, pending),
        fresh: news.length > 0 ? new Set([...fresh, ...news.map((row) => row.id)]) : fresh,
      };
    });
  };

  const loadMore = async (): Promise<void> => {
    if (loading || store.getState().complete) return;
    loading = true;
    try {
      const rows = await listRuns(workspaceId, { limit: pageSize, ...(cursor ? { before: cursor } : {}) });
      const last = rows.at(-1);
      if (last) cursor = { createdAt: last.createdAt, id: last.id };
      const loaded = store.getState().loaded;
      // Older rows are not news: they must not slide in.
      store.setState({ loaded: false });
      take(rows);
      store.setState({ loaded: true, problem: null, complete: rows.length < pageSize });
      if (!loaded) store.setState({ fresh: new Set() });
    } catch (error) {
      store.setState({ problem: asDataError(error) });
    } finally {
      loading = false;
    }
  };

  const withdraw = (runId: string): void => {
    store.setState(({ pending }) => {
      const { [runId]: _, ...rest } = pending;
      return { pending: rest };
    });
  };

  const promise = (runId: string, pending: Pending): void => {
    store.setState((state) => ({ pending: { ...state.pending, [runId]: pending } }));
    setTimeout(() => store.getState().pending[runId] === pending && withdraw(runId), patienceMs);
  };

  let held: RunRow[] = [];
  let flushing: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    flushing = undefined;
    const rows = held;
    held = [];
    take(rows);
  };
  // A fold over thousands of cards costs a frame, so a large board takes its news in fewer, larger helpings.
  const arrive = (rows: readonly RunRow[]): void => {
    held.push(...rows);
    if (store.getState().view.cards.size < largeFrom) {
      clearTimeout(flushing);
      flush();
    } else flushing ??= setTimeout(flush, largePaceMs);
  };

  const follow = (): (() => void) => {
    const notice = noticeFeed((state) => store.setState({ feed: state }));
    // Rows only: a broadcast event carries no error text and would keep the row with the same seq from being shown.
    const feed = openWorkspaceFeed(workspaceId, () => {}, { onRuns: arrive, onState: notice.onState });
    if (!store.getState().loaded) void loadMore();
    return () => {
      clearTimeout(flushing);
      flushing = undefined;
      notice.stop();
      feed.close();
    };
  };

  return { store, loadMore, take, promise, withdraw, follow };
}
