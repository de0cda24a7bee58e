// How late events reach this browser: from the moment they were written to their arrival, by the two machines' clocks.
import { useSyncExternalStore } from "react";
import type { Envelope } from "../core/run-event.ts";

const mostKept = 50;

let lags: readonly number[] = [];
const listeners = new Set<() => void>();

/** Takes note of events that have just arrived. */
export function noteArrival(events: readonly Envelope[], now = Date.now()): void {
  if (events.length === 0) return;
  lags = [...lags, ...events.map((event) => Math.max(0, now - Date.parse(event.at)))].slice(-mostKept);
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The median of the last fifty, in milliseconds; null while none has arrived. */
export function useEventLag(): number | null {
  const kept = useSyncExternalStore(subscribe, () => lags);
  if (kept.length === 0) return null;
  return kept.toSorted((a, b) => a - b)[Math.floor(kept.length / 2)] ?? null;
}
