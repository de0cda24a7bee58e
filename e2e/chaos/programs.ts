// random programs of claims, heartbeats, reports, cancels, retries and decisions on eight connections, each compared with the model.
// Some are sent at once: then one order of them must explain every answer and the rows that are left.
import * as fc from "fast-check";
import type postgres from "postgres";
import { connectTo, type Hands } from "./hands.ts";
import {
  type ModelEvent,
  type ModelPlan,
  type Moved,
  type Outcome,
  type RunState,
  isEnded,
  move,
  startModel,
} from "./model.ts";

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

const plans: readonly ModelPlan[] = [
  [plain([]), plain([[0, "succeeded"]]), plain([[1, "succeeded"]])],
  [
    plain([]),
    plain([[0, "succeeded"]]),
    plain([[0, "succeeded"]]),
    plain([
      [1, "finished"],
      [2, "succeeded"],
    ]),
  ],
  [caught([]), plain([[0, "failed"]]), plain([[0, "succeeded"]]), plain([[2, "finished"]])],
  [onceOnly([]), plain([[0, "succeeded"]])],
  [
    plain([]),
    onceOnly([]),
    { ...plain([[0, "finished"]]), onFailure: "continue" },
    plain([
      [1, "succeeded"],
      [2, "succeeded"],
    ]),
  ],
];

function plain(deps: readonly (readonly [number, "succeeded" | "failed" | "finished"])[]): ModelPlan[number] {
  return {
    deps: deps.map(([at, on]) => ({ step: at, on })),
    once: false,
    onFailure: "fail_run",
    maxAttempts: 2,
  };
}
function caught(deps: Parameters<typeof plain>[0]): ModelPlan[number] {
  return { ...plain(deps), onFailure: "catch" };
}
function onceOnly(deps: Parameters<typeof plain>[0]): ModelPlan[number] {
  return { ...plain(deps), once: true };
}

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

const shown = (state: RunState): string =>
  JSON.stringify([
    state.status,
    state.steps.map(({ status, attempt, tries, crashes, wait }) => [status, attempt, tries, crashes, wait]),
  ]);

/** What the model makes of an event that was answered so; several when the engine may do either. */
function outcomesOf(
  plan: ModelPlan,
  state: RunState,
  event: ModelEvent,
  answer: Moved["answer"],
  alone: boolean,
): RunState[] {
  if (event.do === "claim") {
    const given = Array.isArray(answer) ? answer : [];
    const full = move(plan, state, { do: "claim" });
    const due = Array.isArray(full.answer) ? full.answer : [];
    if (given.some((at) => !due.includes(at))) return [];
    const taken = move(plan, state, { do: "claim", granted: given }).state;
    // Alone, whatever could be claimed before is given; what this very claim released may wait for the next one.
    if (alone) {
      const before = state.steps.flatMap((one, at) =>
        one.status === "ready" && due.includes(at) ? [at] : [],
      );
      return before.every((at) => given.includes(at)) ? [taken] : [];
    }
    return given.length === 0 ? [state, taken] : [taken];
  }
  const moved = move(plan, state, event);
  if (moved.answer !== answer) return [];
  // A run somebody else holds is not waited for by a heartbeat, nor by the sweep.
  return !alone && (event.do === "heartbeat" || event.do === "sweep") ? [moved.state, state] : [moved.state];
}

function orders<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, at) => orders(list.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

/** States that some order of these events explains. */
function explain(
  plan: ModelPlan,
  state: RunState,
  answered: readonly { event: ModelEvent; answer: Moved["answer"] }[],
): RunState[] {
  return orders(answered).flatMap((order) => {
    let states = [state];
    for (const { event, answer } of order)
      states = states.flatMap((one) => outcomesOf(plan, one, event, answer, answered.length === 1));
    return states;
  });
}

/** Runs one program. @returns what did not agree, or undefined */
async function runProgram(hands: Hands, planAt: number, told: Program): Promise<string | undefined> {
  const plan = plans[planAt] ?? [];
  await hands.start(planAt);
  let state = startModel(plan);
  try {
    for (const wishes of told) {
      const events = wishes.flatMap((one) => eventOf(state, one) ?? []);
      // Time moves for everybody or for nobody.
      const together = events.some((event) => event.do === "time passes") ? events.slice(0, 1) : events;
      const answered = await Promise.all(
        together.map(async (event, at) => ({ event, answer: await hands.send(event, at) })),
      );
      const rows = await hands.read();
      const explained = explain(plan, state, answered).filter((one) => shown(one) === rows);
      const [next] = explained;
      if (!next) {
        const expected = [...new Set(explain(plan, state, answered).map(shown))];
        return `after ${JSON.stringify(answered)} on ${shown(state)}: ${rows} instead of ${expected.join(" or ") || "any order of these answers"}`;
      }
      state = next;
    }
    return undefined;
  } finally {
    await hands.finish();
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
  const hands = await connectTo(url, plans);
  await sabotage?.(hands.sql);
  let programs = 0;
  let steps = 0;
  try {
    const result = await fc.check(
      fc.asyncProperty(fc.nat({ max: plans.length - 1 }), program, async (planAt, told) => {
        programs += 1;
        steps += told.length;
        const wrong = await runProgram(hands, planAt, told);
        if (wrong !== undefined) throw new Error(wrong);
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

/** the model alone, through random schedules with faults: it never gets stuck and no number falls. */
export function walkModel(seed: number, count: number): string[] {
  const result = fc.check(
    fc.property(fc.nat({ max: plans.length - 1 }), program, (planAt, told) => {
      const plan = plans[planAt] ?? [];
      let state = startModel(plan);
      for (const one of told.flat()) {
        const event = eventOf(state, one);
        if (!event) continue;
        const next = move(plan, state, event).state;
        holds(state, next, event);
        state = next;
      }
      drain(plan, state);
    }),
    { seed, numRuns: count },
  );
  return result.failed ? [`${String(result.errorInstance)} by ${JSON.stringify(result.counterexample)}`] : [];
}

/** @throws Error naming the promise this step of the model breaks */
function holds(before: RunState, after: RunState, event: ModelEvent): void {
  const alive = (state: RunState) =>
    state.steps.some(({ status }) => ["ready", "running", "waiting"].includes(status));
  if (!isEnded(after.status) && !alive(after)) throw new Error(`stuck after ${event.do}: ${shown(after)}`);
  if (isEnded(after.status) && after.steps.some(({ status }) => !isEnded(status)))
    throw new Error(`ended with work left after ${event.do}: ${shown(after)}`);
  after.steps.forEach((one, at) => {
    const old = before.steps[at];
    if (old && one.attempt < old.attempt) throw new Error(`an attempt fell after ${event.do}`);
    if (old?.status === "succeeded" && one.status !== "succeeded")
      throw new Error(`a success was taken back by ${event.do}`);
  });
}

/** With no more faults every run ends. @throws Error when it does not */
function drain(plan: ModelPlan, start: RunState): void {
  let state = start;
  for (let turn = 0; turn < 40 && !isEnded(state.status); turn += 1) {
    for (const event of [{ do: "time passes" }, { do: "sweep" }, { do: "claim" }] as const)
      state = move(plan, state, event).state;
    for (const [at, one] of state.steps.entries()) {
      state = move(plan, state, { do: "report", step: at, attempt: one.attempt, outcome: "succeeded" }).state;
      state = move(plan, state, { do: "decide", step: at, verdict: "yes" }).state;
    }
  }
  if (!isEnded(state.status)) throw new Error(`it does not end: ${shown(state)}`);
}
