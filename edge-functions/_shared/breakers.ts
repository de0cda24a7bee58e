// The worker's side of the circuit breakers: asks before it calls a host that is known to fail, and says how calls ended. What is decided is
// decided by the engine, over all workers; in here is only what spares questions: an installation where nothing fails is asked once a second.
import { PutOff } from "./put-off.ts";

export interface BrokenHost {
  workspaceId: string;
  host: string;
}

/** How calls to one host ended since it was last said. */
export interface CallCount extends BrokenHost {
  failed: number;
  answered: number;
  /** One of them was a probe. */
  probed: boolean;
}

export interface BreakerEngine {
  /** @returns all hosts whose breaker is open */
  noteCalls(calls: CallCount[]): Promise<BrokenHost[]>;
  /** `probe`: go, and the answer decides whether others may. */
  askHost(workspaceId: string, host: string): Promise<"go" | "probe" | "wait">;
}

/** The host keeps failing, so it is not called for now. */
export class HostDown extends PutOff {
  override readonly name = "HostDown";

  constructor(host: string) {
    super(`${host} keeps failing, so it is not called for now.`, { for: "host", host });
  }
}

/** How long the list of open breakers is trusted while nothing fails here. */
const TRUSTED_MS = 1_000;
/** As long as the engine counts together. */
const WINDOW_MS = 10_000;
const LONGEST_WAIT_MS = 1_000;
const MOST_HOSTS = 10_000;

export class Breakers {
  readonly #engine: BreakerEngine;
  readonly #spared: ReadonlySet<string>;
  #broken = new Set<string>();
  #readAt = -Infinity;
  readonly #unsaid = new Map<string, CallCount>();
  readonly #answered = new Map<string, { n: number; since: number }>();
  readonly #probing = new Set<string>();
  #saying: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param spared hosts without a breaker, as URLs spell them */
  constructor(engine: BreakerEngine, spared: readonly string[] = []) {
    this.#engine = engine;
    this.#spared = new Set(spared);
  }

  /**
   * Asked before a call. Where the engine cannot be asked, the call goes ahead: a breaker spares calls, it guards nothing.
   * @throws HostDown while the host's breaker is open
   */
  async pass(workspaceId: string, host: string): Promise<void> {
    if (this.#spared.has(host)) return;
    if (performance.now() - this.#readAt > TRUSTED_MS) await this.#sayInTime();
    const key = keyOf(workspaceId, host);
    if (!this.#broken.has(key)) return;
    const answer = await this.#engine.askHost(workspaceId, host).catch(() => "go" as const);
    if (answer === "wait") throw new HostDown(host);
    if (answer === "probe") this.#probing.add(key);
    else this.#broken.delete(key);
  }

  /** The host answered, whatever it said. */
  async answered(workspaceId: string, host: string): Promise<void> {
    const key = keyOf(workspaceId, host);
    if (this.#probing.delete(key)) {
      this.#note(workspaceId, host, { failed: 0, answered: 1, probed: true });
      await this.#sayInTime();
      return;
    }
    const known = this.#recent(key);
    if (this.#answered.size >= MOST_HOSTS) this.#answered.clear();
    this.#answered.set(key, { n: (known?.n ?? 0) + 1, since: known?.since ?? performance.now() });
  }

  /** The host failed to answer. Returns once the engine has counted it, so before the step's own failure is reported. */
  async failed(workspaceId: string, host: string): Promise<void> {
    if (this.#spared.has(host)) return;
    const key = keyOf(workspaceId, host);
    const answered = this.#recent(key)?.n ?? 0;
    this.#answered.delete(key);
    const probed = this.#probing.delete(key);
    this.#note(workspaceId, host, { failed: 1, answered, probed });
    await this.#sayInTime();
  }

  #recent(key: string): { n: number; since: number } | undefined {
    const known = this.#answered.get(key);
    return known && performance.now() - known.since < WINDOW_MS ? known : undefined;
  }

  #note(workspaceId: string, host: string, more: Omit<CallCount, keyof BrokenHost>): void {
    const key = keyOf(workspaceId, host);
    const known = this.#unsaid.get(key) ?? { workspaceId, host, failed: 0, answered: 0, probed: false };
    known.failed += more.failed;
    known.answered += more.answered;
    // A probe that failed says nothing that its failure does not say.
    known.probed ||= more.probed && more.answered > 0 && more.failed === 0;
    this.#unsaid.set(key, known);
  }

  /** A database that does not answer must not hold up a call. */
  async #sayInTime(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, LONGEST_WAIT_MS);
    await Promise.race([this.#say(), late.promise]);
    clearTimeout(timer);
    this.#readAt = performance.now();
  }

  /** One statement at a time; what comes up while it is on its way goes with the next. */
  #say(): Promise<void> {
    this.#next ??= this.#saying.then(() => {
      this.#next = undefined;
      this.#saying = this.#send();
      return this.#saying;
    });
    return this.#next;
  }

  async #send(): Promise<void> {
    const calls = [...this.#unsaid.values()];
    this.#unsaid.clear();
    try {
      const broken = await this.#engine.noteCalls(calls);
      this.#broken = new Set(broken.map(({ workspaceId, host }) => keyOf(workspaceId, host)));
    } catch {
      // The database is away: calls go on without breakers, and it is asked again in a moment.
    }
  }
}

function keyOf(workspaceId: string, host: string): string {
  return `${workspaceId} ${host}`;
}
