// The connection's state for a badge: how much a reconnect brought is told for a moment and then taken back.
import type { FeedState } from "../data/run-feed.ts";

const noticeMs = 6_000;

/**
 * Hands states on, and after a while once more without the number of events.
 * @returns the listener for a feed, and what stops it
 */
export function noticeFeed(show: (state: FeedState) => void): {
  onState: (state: FeedState) => void;
  stop: () => void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    onState: (state) => {
      clearTimeout(timer);
      show(state);
      if (state.caughtUp > 0) timer = setTimeout(() => show({ ...state, caughtUp: 0 }), noticeMs);
    },
    stop: () => clearTimeout(timer),
  };
}
