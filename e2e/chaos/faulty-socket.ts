// A WebSocket whose broadcasts get lost, come twice or come late, and which is cut now and then. Everything else passes.
import type { Random } from "./random.ts";

export interface SocketFaults {
  /** Shares of broadcasts. */
  readonly dropped: number;
  readonly doubled: number;
  readonly delayed: number;
  /** Milliseconds between cuts, from and to. */
  readonly cutEveryMs: readonly [number, number];
}

export interface SocketCounts {
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
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // Every second one lives, or nobody would stay joined for long enough to be pushed anything.
      if (random.chance(0.5)) return;
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
          if (!on || !String(event.data).includes('"run_events"')) return handler.call(this, event);
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
