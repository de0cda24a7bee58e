import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks a server on loopback again and again, and calls `onHung` once when it was silent twice in a row: its one thread is blocked, so it
 * renews nothing and will not end by itself. Resolves then, or when the watch is over.
 * @param patienceMs for each answer, and the pause between two questions
 */
export async function watchProcess(
  port: number,
  patienceMs: number,
  over: AbortSignal,
  onHung: () => void,
): Promise<void> {
  for (let silent = 0; silent < 2;) {
    await sleep(patienceMs, undefined, { signal: over, ref: false }).catch(() => undefined);
    if (over.aborted) return;
    silent = (await answers(port, patienceMs, over)) ? 0 : silent + 1;
  }
  if (!over.aborted) onHung();
}

/** Refusing the connection is an answer, too: whoever ends is started again for that. */
async function answers(port: number, patienceMs: number, over: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: "OPTIONS",
      signal: AbortSignal.any([over, patience]),
    });
    await response.body?.cancel();
    return true;
  } catch {
    return !patience.aborted;
  }
}
