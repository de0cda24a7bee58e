// Why an attempt ends before its node does. Reasons of an abort, never failures.

/** cancelled: people asked. handed_over: this invocation's time is up. lost: the lease is no longer surely ours. */
export type StopReason = "cancelled" | "handed_over" | "lost";

export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`The attempt was stopped: ${reason}.`);
    this.reason = reason;
  }
}

/** Settles like the work, or rejects with the signal's reason as soon as it is aborted. */
export async function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    throw signal.reason;
  }
  return await new Promise<T>((done, fail) => {
    const stop = () => fail(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(done, fail).finally(() => signal.removeEventListener("abort", stop));
  });
}
