// Whether engine and model agree: events are sent, some at once, and then one order of them must explain every answer and the rows that are
// left.
import type { Hands } from "./hands.ts";
import { move, startModel } from "./model.ts";
import type { ModelEvent, ModelPlan, Moved, RunState } from "./model-types.ts";

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
    // What dead workers left is given with nothing else: one step whose workers died twice, unless one of those is held, or all the others. A
    // model's run is too small to have more of them than one claim gives.
    const lapsed = due.filter((at) => state.steps[at]?.status === "running");
    const suspects = lapsed.filter((at) => state.steps[at]?.crashes === 1);
    const holdsOne = state.steps.some((one) => one.status === "running" && !one.due && one.crashes >= 2);
    const few = suspects.length > 0 && !holdsOne ? suspects : lapsed.filter((at) => !suspects.includes(at));
    if (few.length > 0) {
      if (given.length === 0) return alone ? [] : [state, taken];
      const isRight =
        given.length === (few === suspects ? 1 : few.length) && given.every((at) => few.includes(at));
      return isRight ? [taken] : [];
    }
    if (given.some((at) => suspects.includes(at))) return [];
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
  // A run somebody else holds is not waited for by a heartbeat, which says so, nor by the sweep, which does not.
  if (event.do === "heartbeat" && answer === undefined) return !alone && moved.answer === true ? [state] : [];
  if (moved.answer !== answer) return [];
  return !alone && event.do === "sweep" ? [moved.state, state] : [moved.state];
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

/** Events to be sent at once, given where the run is; undefined ends the program. */
export type Next = (state: RunState) => readonly ModelEvent[] | undefined;

/** Runs one program on the engine and on the model. @returns what did not agree, or undefined */
export async function runProgram(
  hands: Hands,
  plan: ModelPlan,
  planAt: number,
  next: Next,
): Promise<string | undefined> {
  await hands.start(planAt);
  // More than one when what an order leaves behind cannot be seen yet: which lease lapsed, say.
  let states = [startModel(plan)];
  const first = (): RunState => states[0] ?? startModel(plan);
  try {
    for (let events = next(first()); events !== undefined; events = next(first())) {
      const answered = await Promise.all(
        events.map(async (event, at) => ({ event, answer: await hands.send(event, at) })),
      );
      const rows = await hands.read();
      const possible = states.flatMap((state) => explain(plan, state, answered));
      const found = new Map(
        possible.filter((one) => shown(one) === rows).map((one) => [JSON.stringify(one), one]),
      );
      if (found.size === 0) {
        const expected = [...new Set(possible.map(shown))];
        return `after ${JSON.stringify(answered)} on ${shown(first())}: ${rows} instead of ${expected.join(" or ") || "any order of these answers"}`;
      }
      states = [...found.values()];
    }
    return undefined;
  } finally {
    await hands.finish();
  }
}
