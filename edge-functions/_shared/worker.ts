// The worker's loop: claim, execute side by side, report in small batches, until nothing is left.
import type { ClaimedStep, StepReport } from "../../src/core/worker.ts";
import { crashPoint } from "./crash-points.ts";
import type { Engine } from "./engine.ts";
import type { Hold } from "./execute-step.ts";
import { Leases } from "./leases.ts";
import { ReportQueue } from "./report-queue.ts";
import { Suspects } from "./suspects.ts";
import type { WorkerSession } from "./worker-session.ts";

export interface WorkerSettings {
  /** Names this worker towards the engine; new for every process. */
  name: string;
  leaseMs: number;
  /** Most steps at the same time. */
  concurrency: number;
  /** How long one invocation lasts before it hands over, in milliseconds; 0 is without limit. */
  wallMs: number;
}

export interface Shift {
  /** Steps claimed in this invocation. */
  claimed: number;
  /** Milliseconds until something is due; null when nothing is, absent when another invocation is at work. */
  nextDueMs?: number | null;
  /** True when time ran out before the work did: invoke again at once. */
  more?: boolean;
}

type Execute = (step: ClaimedStep, hold: Hold) => Promise<StepReport | undefined>;
type WorkerEngine = Pick<Engine, "claimSteps" | "reportSteps" | "heartbeat" | "sweep" | "workerIdle">;

/** Part of the wall clock kept for ending what runs. */
const HAND_OVER_MS = 3_000;

/** With room for more and nothing happening for this long a worker asks to be woken, although steps are under way. */
const LULL_MS = 20;

/** Others were about to take what is ready: a moment later it is known whether they did. */
const PASSED_OVER_MS = 5;

/** While there is always something to claim, time's own work is looked at this often. */
const SWEEP_EVERY_MS = 1_000;

export class Worker {
  readonly #engine: WorkerEngine;
  readonly #execute: Execute;
  readonly #settings: WorkerSettings;
  readonly #leases: Leases;
  readonly #reports: ReportQueue;
  readonly #suspects = new Suspects(() => this.#poke());
  readonly #session: WorkerSession | undefined;
  #running = 0;
  #claiming = 0;
  #reporting = 0;
  #claimed = 0;
  #atWork = false;
  #poked = false;
  #closing = false;
  #sweptAt = -Infinity;
  /** Set while the engine knows that this worker, which has steps under way, wants to be woken. */
  #asked = false;
  #due: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => undefined;

  /** @param session left out where the database's sessions do not show who lives */
  constructor(engine: WorkerEngine, execute: Execute, settings: WorkerSettings, session?: WorkerSession) {
    this.#session = session;
    this.#engine = engine;
    this.#execute = execute;
    this.#settings = settings;
    this.#leases = new Leases(
      (attempts) => engine.heartbeat(settings.name, attempts, settings.leaseMs),
      settings.leaseMs,
      session,
    );
    session?.onOpened(() => {
      void this.#leases.confirm();
      this.#poke();
    });
    this.#reports = new ReportQueue(settings.leaseMs);
  }

  /** Works until nothing is left. While an invocation is at work, a further one only tells it to look again. */
  async work(): Promise<Shift> {
    if (this.#atWork) {
      this.#poke();
      return { claimed: 0 };
    }
    this.#atWork = true;
    this.#closing = false;
    this.#claimed = 0;
    const timers = this.#startClock();
    try {
      // The first act: it frees the steps of workers that died.
      await this.#session?.open();
      return await this.#loop();
    } finally {
      for (const timer of [...timers, this.#due]) clearTimeout(timer);
      this.#suspects.stop();
      this.#leases.stop();
      this.#atWork = false;
    }
  }

  #startClock(): ReturnType<typeof setTimeout>[] {
    const { wallMs } = this.#settings;
    if (wallMs === 0) return [];
    const close = () => {
      this.#closing = true;
      this.#wake();
    };
    const end = () => this.#leases.stopAll("handed_over");
    return [
      setTimeout(close, Math.max(wallMs - 2 * HAND_OVER_MS, wallMs / 2)),
      setTimeout(end, Math.max(wallMs - HAND_OVER_MS, wallMs * 0.75)),
    ];
  }

  async #loop(): Promise<Shift> {
    let look = true;
    for (;;) {
      if (look || this.#poked) {
        const poked = this.#poked;
        this.#poked = false;
        look = false;
        await this.#whileBusy(() => this.#look(poked));
      }
      while (this.#isBusy()) {
        if (this.#mayReport()) void this.#report();
        else if (!this.#poked || this.#free() === 0) await this.#eventOrLull();
        if (this.#poked && this.#free() > 0 && !this.#closing) break;
      }
      if (this.#isBusy()) continue;
      if (this.#closing) return { claimed: this.#claimed, nextDueMs: 0, more: true };
      const swept = await this.#sweep();
      if (swept.released + swept.recovered > 0 || this.#poked) {
        look = true;
        continue;
      }
      const idle = await this.#engine.workerIdle(this.#settings.name, false);
      // What became ready while the engine was told is found by this last claim; what comes later wakes somebody.
      await this.#claim();
      if (this.#running === 0 && !idle.work && !this.#poked) {
        return { claimed: this.#claimed, nextDueMs: idle.nextDueMs };
      }
      look = this.#running === 0;
      // Others hold what is ready, and are about to take it or to let it go.
      if (look && !this.#poked) await this.#eventWithin(PASSED_OVER_MS);
    }
  }

  /** Claims first: somebody waits for that. What time alone brings comes after, when there was nothing else or it has waited long enough. */
  async #look(poked: boolean): Promise<void> {
    const before = this.#claimed;
    this.#asked = false;
    clearTimeout(this.#due);
    if (!this.#closing) await this.#claim();
    const isQuiet = this.#claimed === before;
    if (!poked || (!isQuiet && performance.now() - this.#sweptAt < SWEEP_EVERY_MS)) return;
    const swept = await this.#sweep();
    if (swept.released + swept.recovered > 0 && !this.#closing) await this.#claim();
  }

  async #sweep(): ReturnType<WorkerEngine["sweep"]> {
    this.#sweptAt = performance.now();
    return await this.#engine.sweep();
  }

  /** Losing the database ends an invocation that has nothing to lose; otherwise the steps go on and it is asked again later. */
  async #whileBusy(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#isBusy()) throw error;
      console.warn(`Nothing was claimed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Without its session a worker takes nothing: others would take it away at once. */
  #free(): number {
    const isSeen = this.#session === undefined || this.#session.since !== undefined;
    return this.#closing || !isSeen || this.#suspects.isAlone
      ? 0
      : Math.max(this.#settings.concurrency - this.#running - this.#claiming, 0);
  }

  async #claim(): Promise<void> {
    const room = this.#free();
    if (room === 0) return;
    const sent = performance.now();
    this.#claiming += room;
    const steps = await this.#engine
      .claimSteps(this.#settings.name, room, this.#settings.leaseMs)
      .finally(() => {
        this.#claiming -= room;
      });
    this.#start(steps, sent);
  }

  #isBusy(): boolean {
    return this.#running > 0 || this.#reporting > 0 || this.#reports.size > 0;
  }

  /** Half of what runs side by side. */
  #half(): number {
    return Math.max(Math.ceil(this.#settings.concurrency / 2), 1);
  }

  /** A second report goes out while one is on the way only when it is full: small ones cost the database far more per step. */
  #mayReport(): boolean {
    return this.#reporting === 0
      ? this.#reports.size > 0
      : this.#reporting === 1 && this.#reports.size >= this.#half();
  }

  /** Reports up to half of what runs side by side and asks for as many steps as it frees; when it is the only one, for all there is room for. */
  async #report(): Promise<void> {
    const most = this.#half();
    const isLast = this.#reports.size <= most && this.#reporting === 0;
    const room = isLast ? this.#free() : Math.min(this.#free(), this.#reports.size, most);
    const sent = performance.now();
    this.#reporting++;
    this.#claiming += room;
    crashPoint("before_report");
    const claimed = await this.#reports.send(
      (reports, claim) =>
        this.#engine.reportSteps(this.#settings.name, reports, claim, this.#settings.leaseMs),
      room,
      most,
    );
    crashPoint("after_report");
    this.#reporting--;
    this.#claiming -= room;
    this.#start(claimed, sent);
    this.#wake();
  }

  #start(steps: ClaimedStep[], sent: number): void {
    if (steps.length === 0) return;
    crashPoint("after_claim", steps[0]?.stepKey);
    this.#claimed += steps.length;
    for (const step of steps) {
      this.#running++;
      const acquit = this.#suspects.take(step);
      const hold = this.#leases.take(step, sent);
      void this.#execute(step, hold).then((report) => {
        this.#running--;
        const drop = (): void => {
          this.#leases.drop(step);
          acquit();
        };
        // The lease is kept, and renewed, until the report has counted.
        if (report) this.#reports.add(report, drop);
        else drop();
        this.#wake();
      });
    }
  }

  /** Where only slow steps are under way, what becomes ready meanwhile must not wait for them. */
  async #eventOrLull(): Promise<void> {
    if (this.#asked || this.#running === 0 || this.#free() === 0) return await this.#event();
    if (await this.#eventWithin(LULL_MS)) return;
    const before = this.#claimed;
    this.#asked = true;
    await this.#whileBusy(async () => {
      const { nextDueMs } = await this.#engine.workerIdle(this.#settings.name, true);
      // Later times are the host's to keep: it asks every second.
      if (nextDueMs !== null && nextDueMs < SWEEP_EVERY_MS)
        this.#due = setTimeout(() => this.#poke(), Math.max(nextDueMs, 1));
      // As before any sleep: what became ready while the engine was told woke nobody.
      await this.#claim();
    });
    this.#asked = this.#claimed === before;
  }

  #poke(): void {
    this.#poked = true;
    this.#wake();
  }

  /** @returns false when nothing happened in that time */
  async #eventWithin(ms: number): Promise<boolean> {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      this.#wake();
    }, ms);
    await this.#event();
    clearTimeout(timer);
    return !isOver;
  }

  /** The next time a step ends, somebody pokes, or the invocation closes. */
  #event(): Promise<void> {
    return new Promise((done) => {
      this.#wake = () => {
        this.#wake = () => undefined;
        done();
      };
    });
  }
}
