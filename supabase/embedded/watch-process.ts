import { setTimeout as sleep } from "node:timers/promises";
import { processorTime } from "./processor-time.ts";
import { type Hung, type Patience, Silence } from "./silence.ts";

/** Between an answer and the next question. */
const PAUSE_MS = 250;
/** How often a silent process is looked at. */
const LOOK_MS = 50;

export interface Watched {
  readonly port: number;
  /** Left out, the process gets the long patience even while it computes. */
  readonly pid?: number;
}

/**
 * Asks a server on loopback again and again, and calls `onHung` once when it does not answer: its one thread is blocked, so it renews
 * nothing and will not end by itself. Resolves then, or when the watch is over.
 * @param silentMs how long each of two questions in a row may stay without an answer while the process computes nothing
 */
export async function watchProcess(
  { port, pid }: Watched,
  silentMs: number,
  over: AbortSignal,
  onHung: (why: Hung) => void,
): Promise<void> {
  const computed = () => (pid === undefined ? undefined : processorTime(pid));
  const patience = { silentMs, startedMs: computed() };
  while (!over.aborted) {
    const why = await listen(port, patience, computed, over);
    if (over.aborted) return;
    if (why !== undefined) return onHung(why);
    await sleep(PAUSE_MS, undefined, { signal: over, ref: false }).catch(() => undefined);
  }
}

/** Asks, and asks again over a new connection when there is no answer. Resolves without a reason when one came. */
async function listen(
  port: number,
  patience: Patience,
  computed: () => number | undefined,
  over: AbortSignal,
): Promise<Hung | undefined> {
  const silence = new Silence(patience, computed());
  const began = performance.now();
  while (!over.aborted) {
    const question = new AbortController();
    const answer = isAnswered(port, AbortSignal.any([over, question.signal]));
    const until = performance.now() + patience.silentMs;
    while (performance.now() < until && !over.aborted) {
      if (await Promise.race([answer, sleep(LOOK_MS, false, { ref: false })])) return undefined;
      const why = silence.look(performance.now() - began, computed());
      if (why === undefined) continue;
      question.abort();
      return why;
    }
    question.abort();
  }
  return undefined;
}

/** Refusing the connection is an answer, too: whoever ends is started again for that. */
async function isAnswered(port: number, given: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "OPTIONS", signal: given });
    await response.body?.cancel();
    return true;
  } catch {
    return !given.aborted;
  }
}
