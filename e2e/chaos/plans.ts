// The plans that programs and walks run: some that were thought of, and as many drawn ones as asked for.
import type { ModelDep, ModelPlan, ModelStep } from "./model-types.ts";
import type { Random } from "./random.ts";

type Deps = readonly (readonly [number, ModelDep["on"]])[];

const plain = (deps: Deps): ModelStep => ({
  deps: deps.map(([step, on]) => ({ step, on })),
  once: false,
  onFailure: "fail_run",
  maxAttempts: 2,
});
const caught = (deps: Deps): ModelStep => ({ ...plain(deps), onFailure: "catch" });
const onceOnly = (deps: Deps): ModelStep => ({ ...plain(deps), once: true });

const thoughtOf: readonly ModelPlan[] = [
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

/** @returns the plans that were thought of, then the drawn ones */
export function somePlans(random: Random, drawn: number): ModelPlan[] {
  return [...thoughtOf, ...Array.from({ length: drawn }, () => drawPlan(random))];
}

/** Two to four steps; a failure is only ever waited for where it is caught, as the compiler demands. */
function drawPlan(random: Random): ModelPlan {
  const steps: ModelStep[] = [];
  const count = random.int(2, 4);
  for (let at = 0; at < count; at += 1) {
    const deps = steps.flatMap(({ onFailure }, step): ModelDep[] => {
      if (!random.chance(0.5)) return [];
      const on = random.pick([
        "succeeded",
        "succeeded",
        "finished",
        onFailure === "catch" ? "failed" : "succeeded",
      ] as const);
      return [{ step, on }];
    });
    steps.push({
      deps,
      once: random.chance(0.3),
      onFailure: random.pick(["fail_run", "fail_run", "continue", "catch"] as const),
      maxAttempts: random.int(1, 3),
    });
  }
  return steps;
}
