import { afterEach, describe, expect, it, vi } from "vitest";
import type { ClaimedStep } from "../../src/core/worker.ts";
import type { Attempt, Beat } from "./engine.ts";
import { Leases } from "./leases.ts";
import { WorkerSession } from "./worker-session.ts";

const step = { runId: "r", stepKey: "a", itemPath: [], attempt: 1 } as unknown as ClaimedStep;

/** A database that ends sessions when told to, and refuses new ones while `away`. */
function database() {
  const state = { away: false, opened: 0, end: () => undefined as void };
  const session = new WorkerSession(async (onLost) => {
    await Promise.resolve();
    if (state.away) throw new Error("away");
    state.opened++;
    state.end = onLost;
    return { close: () => Promise.resolve() };
  });
  return { state, session };
}

let leases: Leases | undefined;
afterEach(() => leases?.stop());

/** Leases that are renewed unless `taken`; counts the heartbeats. */
function hold(session: WorkerSession, taken: { yes: boolean }): Leases {
  const beat = (attempts: Attempt[]): Promise<Beat[]> =>
    Promise.resolve(
      attempts.map((one) => ({ ...one, held: !taken.yes, renewed: !taken.yes, cancelRequested: false })),
    );
  const made = new Leases(beat, 15_000, session);
  session.onOpened(() => void made.confirm());
  leases = made;
  return made;
}

describe("the worker's session", () => {
  it("is opened again when it was lost", async () => {
    const { state, session } = database();
    await session.open();
    state.end();
    expect(session.since).toBeUndefined();
    await vi.waitFor(() => expect(session.since).toBeDefined());
    expect(state.opened).toBe(2);
  });

  it("says the first time why it cannot be opened", async () => {
    const { state, session } = database();
    state.away = true;
    await expect(session.open()).rejects.toThrow("away");
    state.away = false;
    await session.open();
    expect(session.since).toBeDefined();
  });

  it("lets steps go on once a renewal says that nobody took them meanwhile", async () => {
    const { state, session } = database();
    await session.open();
    const held = hold(session, { yes: false }).take(step, performance.now());
    expect(await held.mayStart()).toBe(true);
    state.away = true;
    state.end();
    const answer = held.mayStart();
    expect(await Promise.race([answer, new Promise((done) => setTimeout(done, 50, "waits"))])).toBe("waits");
    state.away = false;
    expect(await answer).toBe(true);
  });

  it("stops steps that somebody took meanwhile", async () => {
    const { state, session } = database();
    await session.open();
    const taken = { yes: false };
    const held = hold(session, taken).take(step, performance.now());
    taken.yes = true;
    state.end();
    expect(await held.mayStart()).toBe(false);
    expect(held.signal.aborted).toBe(true);
  });
});
