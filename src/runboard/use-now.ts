// One clock for everything that ticks on the screen.
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    current = Date.now();
    timer = setInterval(() => {
      current = Date.now();
      for (const each of listeners) each();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const still = (): (() => void) => () => undefined;

/**
 * The time, in milliseconds since the epoch, once a second.
 * @param ticking false gives the time of the last tick and does not render again
 */
export function useNow(ticking = true): number {
  return useSyncExternalStore(ticking ? subscribe : still, () => current);
}
