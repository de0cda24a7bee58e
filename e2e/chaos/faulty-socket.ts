// A WebSocket whose broadcasts get lost, come twice or come late, and which is cut now and then. Everything else passes.
import type { Random } from "./random.ts";

export interface SocketFaults {
  /** Shares of broadcasts. */
  readonly dropped: number;
  readonly doubled: number;
  readonly delayed: number;
  /** How long a socket lives once a topic is joined, in milliseconds, from and to. */
  readonly cutEveryMs: readonly [number, number];
}

export interface SocketCounts {
  /** Broadcasts that came in; those not dropped were handed on, doubled ones twice. */
  pushes: number;
  dropped: number;
  doubled: number;
  delayed: number;
  cuts: number;
}

/** @returns a class to stand in for `WebSocket`, and what it did; `calm()` ends the faults */
export function faultySockets(
  random: Random,
  { dropped, doubled, delayed, cutEveryMs }: SocketFaults,
): { Socket: typeof WebSocket; counts: SocketCounts; calm(): void } {
  const counts: SocketCounts = { pushes: 0, dropped: 0, doubled: 0, delayed: 0, cuts: 0 };
  let on = true;

  class FaultySocket extends WebSocket {
    #isCounted = false;

    /** From its first joined topic on: before, there is nothing a cut could take from anybody. */
    #countDown(): void {
      if (this.#isCounted) return;
      this.#isCounted = true;
      const [least, most] = cutEveryMs;
      const timer = setTimeout(
        () => {
          if (!on) return;
          counts.cuts += 1;
          this.close();
        },
        random.int(least, most),
      );
      timer.unref();
    }

    override get onmessage(): WebSocket["onmessage"] {
      return super.onmessage;
    }

    override set onmessage(handler: WebSocket["onmessage"]) {
      // The client library sets the property; there is no listener to add instead.
      // oxlint-disable-next-line unicorn/prefer-add-event-listener
      super.onmessage =
        handler &&
        ((event: MessageEvent) => {
          const text = String(event.data);
          if (text.includes('"phx_reply"') && text.includes("realtime:run:")) this.#countDown();
          if (!on || !text.includes('"run_events"')) return handler.call(this, event);
          counts.pushes += 1;
          const fate = random.next();
          if (fate < dropped) {
            counts.dropped += 1;
            return;
          }
          if (fate < dropped + doubled) {
            counts.doubled += 1;
            handler.call(this, event);
          }
          if (fate > 1 - delayed) {
            counts.delayed += 1;
            setTimeout(() => handler.call(this, event), random.int(5, 150)).unref();
            return;
          }
          handler.call(this, event);
        });
    }
  }
  return { Socket: FaultySocket, counts, calm: () => (on = false) };
}
