// the model alone, through random schedules with faults: workers die, reports come late, twice or never, people cancel, decide and
// retry at any moment. It never gets stuck, takes no success back, and every run ends once the faults stop.
import { isEnded, move, startModel } from "./model.ts";
import type { ModelEvent, ModelPlan, Outcome, RunState } from "./model-types.ts";
import { somePlans } from "./plans.ts";
import { type Random, seededRandom } from "./random.ts";

type Move = typeof move;

const outcomes: readonly Outcome[] = [
  "succeeded",
  "succeeded",
  "succeeded",
  "skipped",
  "transient",
  "timeout",
  "permanent",
  "parked",
  "handed_over",
  "cancelled",
];
const kinds = [
  ...Array<"claim">(5).fill("claim"),
  ...Array<"report">(7).fill("report"),
  ...([
    "mark",
    "mark",
    "heartbeat",
    "decide",
    "decide",
    "time passes",
    "time passes",
    "sweep",
    "cancel",
    "resume",
  ] as const),
];

/** What somebody might do now; mostly what means something here, sometimes a thing that must change nothing. */
export function drawEvent(random: Random, state: RunState): ModelEvent {
  const what = random.pick(kinds);
  if (what === "resume") return { do: what, decided: random.chance(0.5) };
  if (what === "claim" || what === "cancel" || what === "sweep" || what === "time passes")
    return { do: what };
  const wanted = what === "decide" ? "waiting" : "running";
  const fitting = state.steps.flatMap(({ status }, at) => (status === wanted ? [at] : []));
  const step =
    fitting.length > 0 && random.chance(0.9) ? random.pick(fitting) : random.int(0, state.steps.length - 1);
  if (what === "decide") return { do: what, step, verdict: random.pick(["yes", "no", "again"] as const) };
  const attempt = Math.max(1, (state.steps[step]?.attempt ?? 0) - (random.chance(0.15) ? 1 : 0));
  return what === "report"
    ? { do: what, step, attempt, outcome: random.pick(outcomes) }
    : { do: what, step, attempt };
}

/**
 * With no more faults: what is done until the run ends.
 * @param since the steps' attempts when the faults stopped; whoever held those is dead
 */
export function calmEvent(state: RunState, since: readonly number[], turn: number): ModelEvent {
  const running = state.steps.findIndex(
    ({ status, attempt, due }, at) => status === "running" && !due && attempt > (since[at] ?? 0),
  );
  if (running !== -1) {
    const attempt = state.steps[running]?.attempt ?? 0;
    return { do: "report", step: running, attempt, outcome: "succeeded" };
  }
  const asked = state.steps.findIndex(({ wait }) => wait === "approval" || wait === "reconcile");
  if (asked !== -1) return { do: "decide", step: asked, verdict: "yes" };
  return { do: (["time passes", "sweep", "claim"] as const)[turn % 3] ?? "claim" };
}

/**
 * @param broken stands in for the model's move: a control takes one of its rules away
 * @returns the first schedule that broke a promise, said in words; nothing when all kept them
 */
export function walkModel(seed: number, count: number, broken: Move = move): string[] {
  const random = seededRandom(seed);
  const plans = somePlans(random.fork("plans"), 40);
  for (let n = 0; n < count; n += 1) {
    const plan = plans[n % plans.length] ?? [];
    const told: ModelEvent[] = [];
    const wrong = walk(plan, random, broken, told);
    if (wrong !== undefined)
      return [`schedule ${n}: ${wrong}, by ${JSON.stringify(told)} on ${JSON.stringify(plan)}`];
  }
  return [];
}

function walk(plan: ModelPlan, random: Random, step: Move, told: ModelEvent[]): string | undefined {
  let state = startModel(plan);
  const take = (event: ModelEvent): string | undefined => {
    told.push(event);
    const next = step(plan, state, event).state;
    const wrong = brokenBy(plan, state, next);
    state = next;
    return wrong;
  };
  for (let left = random.int(5, 30); left > 0; left -= 1) {
    const wrong = take(drawEvent(random, state));
    if (wrong !== undefined) return wrong;
  }
  const since = state.steps.map(({ attempt }) => attempt);
  for (let turn = 0; turn < 200 && !isEnded(state.status); turn += 1) {
    const wrong = take(calmEvent(state, since, turn));
    if (wrong !== undefined) return wrong;
  }
  return isEnded(state.status) ? undefined : "it does not end";
}

/** The promise this step of the model breaks. */
function brokenBy(plan: ModelPlan, before: RunState, after: RunState): string | undefined {
  const alive = after.steps.some(
    ({ status }) => status === "ready" || status === "running" || status === "waiting",
  );
  if (!isEnded(after.status) && !alive) return "it is stuck";
  if (isEnded(after.status) && after.steps.some(({ status }) => !isEnded(status)))
    return "it ended with work left";
  for (const [at, one] of after.steps.entries()) {
    const old = before.steps[at];
    if (old === undefined) continue;
    if (one.attempt < old.attempt) return "an attempt fell";
    if (old.status === "succeeded" && one.status !== "succeeded") return "a success was taken back";
    if (one.attempt > old.attempt && old.status === "running" && old.marked && plan[at]?.once === true)
      return "what may happen once was begun again after its worker died";
  }
  return undefined;
}

/** Rules taken away, by name: each must be seen. */
export const brokenModels: Readonly<Record<string, Move>> = {
  "leases never lapse": (plan, state, event) =>
    event.do === "time passes" ? { state, answer: undefined } : move(plan, state, event),
  "start markers mean nothing": (plan, state, event) =>
    move(
      plan.map((one) => ({ ...one, once: false })),
      state,
      event,
    ),
  "a late report ends the step": (plan, state, event) => {
    if (event.do !== "report") return move(plan, state, event);
    const steps = state.steps.map((one, at) =>
      at === event.step && one.attempt > 0 ? { ...one, status: "failed" as const, wait: null } : one,
    );
    return { state: { ...state, steps }, answer: true };
  },
};
