// One timer per rate for the whole page, so that a board of ticking cards costs one wake-up.
import { useSyncExternalStore } from "react";

interface Ticker {
  now: number;
  listeners: Set<() => void>;
  timer: ReturnType<typeof setInterval> | undefined;
}

const tickers = new Map<number, Ticker>();

function tickerOf(everyMs: number): Ticker {
  const known = tickers.get(everyMs);
  if (known) return known;
  const made: Ticker = { now: Date.now(), listeners: new Set(), timer: undefined };
  tickers.set(everyMs, made);
  return made;
}

function subscribe(everyMs: number, listener: () => void): () => void {
  const ticker = tickerOf(everyMs);
  ticker.listeners.add(listener);
  ticker.timer ??= setInterval(() => {
    ticker.now = Date.now();
    for (const tick of ticker.listeners) tick();
  }, everyMs);
  return () => {
    ticker.listeners.delete(listener);
    if (ticker.listeners.size > 0) return;
    clearInterval(ticker.timer);
    ticker.timer = undefined;
  };
}

const subscribers = new Map<number, (listener: () => void) => () => void>();

function subscriberOf(everyMs: number) {
  const known = subscribers.get(everyMs);
  if (known) return known;
  const made = (listener: () => void) => subscribe(everyMs, listener);
  subscribers.set(everyMs, made);
  return made;
}

const never = () => () => {};

/**
 * The time, in milliseconds, renewed at a steady rate.
 * @param everyMs 0 stops the clock
 */
export function useNow(everyMs: number): number {
  return useSyncExternalStore(everyMs > 0 ? subscriberOf(everyMs) : never, () => {
    const ticker = tickerOf(everyMs);
    // A stopped ticker holds an old time; a new reader starts from the present.
    if (ticker.timer === undefined && Date.now() - ticker.now > 250) ticker.now = Date.now();
    return ticker.now;
  });
}
