// random programs of claims, heartbeats, reports, cancels, retries and decisions on eight connections, each compared with the model.
import * as fc from "fast-check";
import type postgres from "postgres";
import { type Next, runProgram } from "./agreement.ts";
import { connectTo } from "./hands.ts";
import { isEnded } from "./model.ts";
import type { ModelEvent, Outcome, RunState } from "./model-types.ts";
import { somePlans } from "./plans.ts";
import { seededRandom } from "./random.ts";
import { calmEvent, drawEvent } from "./walks.ts";

/** What a program says; which step and attempt it means depends on where the run is by then. */
type Wish =
  | { readonly do: "claim" | "cancel" | "time passes" | "sweep" }
  | { readonly do: "resume"; readonly decided: boolean }
  | { readonly do: "heartbeat" | "mark"; readonly step: number; readonly stale: boolean }
  | { readonly do: "report"; readonly step: number; readonly stale: boolean; readonly outcome: Outcome }
  | { readonly do: "decide"; readonly step: number; readonly verdict: "yes" | "no" | "again" };

const step = fc.nat({ max: 3 });
const stale = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const outcome = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Outcome>("succeeded") },
  fc.constantFrom<Outcome>(
    "skipped",
    "transient",
    "timeout",
    "permanent",
    "parked",
    "handed_over",
    "cancelled",
  ),
);
const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Wish>({ do: "claim" }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("report" as const), step, stale, outcome }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("heartbeat" as const, "mark" as const), step, stale }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("decide" as const),
      step,
      verdict: fc.constantFrom("yes", "no", "again"),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Wish>({ do: "time passes" }, { do: "sweep" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Wish>(
      { do: "cancel" },
      { do: "resume", decided: false },
      { do: "resume", decided: true },
    ),
  },
);

/** A program: events one after the other, and some at once. */
export const program = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: wish.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(wish, { minLength: 2, maxLength: 3 }) },
  ),
  { minLength: 5, maxLength: 30 },
);
export type Program = readonly (readonly Wish[])[];

/** What this wish means in this state; undefined when it means nothing here. */
function eventOf(state: RunState, one: Wish): ModelEvent | undefined {
  if (!("step" in one)) return one;
  const now = state.steps[one.step];
  if (!now) return undefined;
  if (one.do === "decide") return one;
  const attempt = one.stale ? now.attempt - 1 : now.attempt;
  if (attempt < 1) return undefined;
  return one.do === "report"
    ? { do: "report", step: one.step, attempt, outcome: one.outcome }
    : { do: one.do, step: one.step, attempt };
}

function follow(told: Program): Next {
  let at = 0;
  return (state) => {
    const wishes = told[at];
    at += 1;
    const events = wishes?.flatMap((one) => eventOf(state, one) ?? []);
    // Time moves for everybody or for nobody.
    return events?.some((event) => event.do === "time passes") === true ? events.slice(0, 1) : events;
  };
}

/** Plans beside the ones that were thought of. */
const DRAWN = 15;

/**
 * schedules as the model alone walks them, each event sent to the SQL as well, until the run has ended.
 * @returns how many events were sent, and the first difference
 */
export async function replayWalks(
  url: string,
  seed: number,
  count: number,
): Promise<{ schedules: number; events: number; broken: string[] }> {
  const random = seededRandom(seed);
  const plans = somePlans(random.fork("plans"), DRAWN);
  const hands = await connectTo(url, plans);
  let schedules = 0;
  let events = 0;
  try {
    while (schedules < count) {
      const planAt = schedules % plans.length;
      const plan = plans[planAt] ?? [];
      let left = random.int(5, 30);
      let calm = 0;
      let since: readonly number[] | undefined;
      const told: ModelEvent[] = [];
      const wrong = await runProgram(hands, plan, planAt, (state) => {
        left -= 1;
        if (left < 0 && isEnded(state.status)) return undefined;
        if (left < 0) since ??= state.steps.map(({ attempt }) => attempt);
        const event = since === undefined ? drawEvent(random, state) : calmEvent(state, since, calm++);
        told.push(event);
        events += 1;
        return calm > 200 ? undefined : [event];
      });
      schedules += 1;
      const stuck = wrong ?? (calm > 200 ? "it does not end" : undefined);
      if (stuck !== undefined)
        return {
          schedules,
          events,
          broken: [`${stuck}, by ${JSON.stringify(told)} on ${JSON.stringify(plan)} (seed ${seed})`],
        };
    }
    return { schedules, events, broken: await hands.invariants() };
  } finally {
    await hands.close();
  }
}

/**
 * @param url superuser URL of a database of its own
 * @param count how many programs
 * @returns how many agreed, and the smallest that did not
 */
export async function comparePrograms(
  url: string,
  seed: number,
  count: number,
  /** Takes a protection away first; then the first divergence is enough. */
  sabotage?: (sql: postgres.Sql) => Promise<void>,
): Promise<{ programs: number; steps: number; broken: string[] }> {
  const plans = somePlans(seededRandom(seed).fork("plans"), DRAWN);
  const hands = await connectTo(url, plans);
  await sabotage?.(hands.sql);
  let programs = 0;
  let steps = 0;
  try {
    const result = await fc.check(
      fc.asyncProperty(fc.nat({ max: plans.length - 1 }), program, async (planAt, told) => {
        programs += 1;
        steps += told.length;
        const plan = plans[planAt] ?? [];
        const wrong = await runProgram(hands, plan, planAt, follow(told));
        if (wrong !== undefined) throw new Error(`${wrong} on ${JSON.stringify(plan)}`);
      }),
      { seed, numRuns: count, endOnFailure: sabotage !== undefined, interruptAfterTimeLimit: 900_000 },
    );
    const broken = result.failed
      ? [
          `${String(result.errorInstance)} by ${JSON.stringify(result.counterexample)} (seed ${result.seed}, path ${result.counterexamplePath})`,
        ]
      : [];
    return { programs, steps, broken: [...broken, ...(await hands.invariants())] };
  } finally {
    await hands.close();
  }
}
