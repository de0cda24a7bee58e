import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Drive } from "./drive.ts";
import type { Shift } from "./worker.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** @param shifts what one invocation after the other comes to; the last one's answer is given from then on */
function driven(...shifts: (Shift | Error)[]) {
  let n = 0;
  const work = vi.fn(async () => {
    const shift = shifts[Math.min(n++, shifts.length - 1)] ?? { claimed: 0 };
    if (shift instanceof Error) throw shift;
    return shift;
  });
  return { work, drive: new Drive(work) };
}

it("works when it is woken, and not before", async () => {
  const { work, drive } = driven({ claimed: 1, nextDueMs: null });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(work).toHaveBeenCalledTimes(0);
  drive.wake();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(work).toHaveBeenCalledTimes(1);
});

it("works again at a time named less than a second ahead, and leaves later ones to the host", async () => {
  const { work, drive } = driven({ claimed: 0, nextDueMs: 300 }, { claimed: 0, nextDueMs: 1_000 });
  drive.wake();
  await vi.advanceTimersByTimeAsync(299);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(work).toHaveBeenCalledTimes(2);
});

it("tries again after a failure, with pauses that grow to a second and begin anew once it worked", async () => {
  const away = new Error("The database is away.");
  const { work, drive } = driven(away, away, away, { claimed: 0, nextDueMs: 500 }, away, {
    claimed: 0,
    nextDueMs: null,
  });
  drive.wake();
  for (const [pause, calls] of [
    [50, 2],
    [100, 3],
    [200, 4],
    [500, 5],
    [50, 6],
  ] as const) {
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(work).toHaveBeenCalledTimes(calls - 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(calls);
  }
});
