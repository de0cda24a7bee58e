// What this worker holds: renewed by heartbeats, and given up early rather than late.
import type { ClaimedStep } from "../../src/core/worker.ts";
import { crashPoint } from "./crash-points.ts";
import type { Attempt, Beat } from "./engine.ts";
import type { Hold } from "./execute-step.ts";
import { Stopped, type StopReason } from "./stop.ts";

interface Lease {
  attempt: Attempt;
  stop: AbortController;
  /** Monotonic time at which the last confirmed renewal was *sent*. */
  renewedAt: number;
}

/** Since when others see this worker live, in monotonic time; undefined while they do not. */
interface Presence {
  readonly since: number | undefined;
}

type Heartbeat = (attempts: Attempt[]) => Promise<Beat[]>;

export class Leases {
  readonly #held = new Map<string, Lease>();
  readonly #heartbeat: Heartbeat;
  readonly #leaseMs: number;
  readonly #presence: Presence | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #beating = false;
  #whenBeaten: (() => void)[] = [];

  /**
   * @param leaseMs  heartbeats are sent three times as often
   * @param presence left out where no session is kept: then the lease alone decides
   */
  constructor(heartbeat: Heartbeat, leaseMs: number, presence?: Presence) {
    this.#heartbeat = heartbeat;
    this.#leaseMs = leaseMs;
    this.#presence = presence;
  }

  /** @param sent monotonic time at which the claim was sent: the lease is counted from there */
  take(step: ClaimedStep, sent: number): Hold {
    const stop = new AbortController();
    const { runId, stepKey, itemPath, attempt } = step;
    const lease: Lease = { attempt: { runId, stepKey, itemPath, attempt }, stop, renewedAt: sent };
    this.#held.set(nameOf(step), lease);
    this.#timer ??= setInterval(() => void this.#beat(), this.#leaseMs / 3);
    return { signal: stop.signal, mayStart: () => this.#mayStart(lease) };
  }

  drop(step: Attempt): void {
    this.#held.delete(nameOf(step));
  }

  stopAll(reason: StopReason): void {
    for (const lease of this.#held.values()) lease.stop.abort(new Stopped(reason));
  }

  /** Ends the heartbeats until the next lease is taken. */
  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
  }

  /** Renews everything at once: what is still held after the worker's session was lost may go on. */
  async confirm(): Promise<void> {
    // A heartbeat under way was sent before.
    while (this.#beating) await new Promise<void>((done) => this.#whenBeaten.push(done));
    await this.#beat();
  }

  /** Where only the session was lost, the answer waits until a renewal says whether the lease outlived that. */
  async #mayStart(lease: Lease): Promise<boolean> {
    while (this.#isFresh(lease) && !lease.stop.signal.aborted) {
      if (this.#isSeen(lease)) return true;
      await new Promise<void>((done) => this.#whenBeaten.push(done));
    }
    return false;
  }

  /** Two thirds of the lease without a confirmed renewal: by then somebody else may be about to take over. */
  #isFresh(lease: Lease): boolean {
    return performance.now() - lease.renewedAt < (this.#leaseMs * 2) / 3;
  }

  /** Without a session that is as old as the last renewal, somebody else may have taken over already. */
  #isSeen(lease: Lease): boolean {
    if (this.#presence === undefined) return true;
    const { since } = this.#presence;
    return since !== undefined && lease.renewedAt >= since;
  }

  async #beat(): Promise<void> {
    await this.#renew();
    for (const done of this.#whenBeaten.splice(0)) done();
  }

  async #renew(): Promise<void> {
    this.#giveUpLapsed();
    if (this.#beating || this.#held.size === 0) return;
    this.#beating = true;
    const sent = performance.now();
    crashPoint("first_heartbeat");
    try {
      for (const beat of await this.#heartbeat([...this.#held.values()].map(({ attempt }) => attempt))) {
        const lease = this.#held.get(nameOf(beat));
        if (!lease) continue;
        if (!beat.held) lease.stop.abort(new Stopped("lost"));
        else if (beat.cancelRequested) lease.stop.abort(new Stopped("cancelled"));
        if (beat.renewed) lease.renewedAt = sent;
        else if (beat.held) this.#beatAgainSoon();
      }
    } catch {
      // The database is away: nothing is renewed, and what stays unrenewed is given up by the clock above.
      return;
    } finally {
      this.#beating = false;
    }
  }

  /** A busy run was passed over; it is free again long before the next turn. */
  #beatAgainSoon(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#beat(), this.#leaseMs / 30);
  }

  #giveUpLapsed(): void {
    const now = performance.now();
    for (const lease of this.#held.values()) {
      if (now - lease.renewedAt >= this.#leaseMs) lease.stop.abort(new Stopped("lost"));
    }
  }
}

function nameOf({ runId, stepKey, itemPath, attempt }: Attempt): string {
  return `${runId} ${stepKey} ${itemPath.join(".")} ${attempt}`;
}
