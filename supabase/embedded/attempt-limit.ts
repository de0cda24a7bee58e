/** Failures one address may collect before it has to wait. */
const CAPACITY = 20;
/** One failure is forgiven each time this passes. */
const FORGIVE_MS = 3_000;
const MAX_ADDRESSES = 10_000;

interface Record {
  failures: number;
  since: number;
}

/** Slows guessing of passwords: wrong sign-ins are counted per address, right ones cost nothing. */
export class AttemptLimit {
  readonly #records = new Map<string, Record>();

  /** Seconds to wait before the next attempt; 0 when one may be made now. */
  waitSeconds(address: string, now: number = Date.now()): number {
    const record = this.#current(address, now);
    if (!record || record.failures < CAPACITY) return 0;
    return Math.ceil((FORGIVE_MS - (now - record.since)) / 1000);
  }

  addFailure(address: string, now: number = Date.now()): void {
    const record = this.#current(address, now) ?? { failures: 0, since: now };
    record.failures += 1;
    this.#records.delete(address);
    this.#records.set(address, record);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_ADDRESSES) break;
      this.#records.delete(oldest);
    }
  }

  /** Takes one failure back: the attempt turned out right. */
  forgive(address: string, now: number = Date.now()): void {
    const record = this.#current(address, now);
    if (!record) return;
    record.failures -= 1;
    if (record.failures <= 0) this.#records.delete(address);
  }

  #current(address: string, now: number): Record | undefined {
    const record = this.#records.get(address);
    if (!record) return undefined;
    const forgiven = Math.floor((now - record.since) / FORGIVE_MS);
    record.failures -= forgiven;
    record.since += forgiven * FORGIVE_MS;
    if (record.failures > 0) return record;
    this.#records.delete(address);
    return undefined;
  }
}

/** True for requests that try a password or a code. */
export function triesSecret(request: Request): boolean {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method !== "POST") return false;
  return (
    pathname === "/auth/v1/verify" ||
    (pathname === "/auth/v1/token" && searchParams.get("grant_type") === "password")
  );
}
