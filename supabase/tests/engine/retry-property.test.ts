// For random plans, outcomes and retries: the preview names exactly the steps that then run again, and exactly those whose results are kept.
import { expect, it } from "vitest";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { mapOver, type StepSpec, step } from "../../../e2e/engine/scenario.ts";
import { workOff } from "./work-off.ts";
import { sql, stage } from "./plain-stage.ts";

/** Numbers from 0 up to 1, the same ones for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Case {
  steps: StepSpec[];
  changed: StepSpec[];
  failing: Record<string, string>;
  ports: Record<string, string>;
  mode: "resume" | "from_step" | "restart";
  from: string | null;
  version: "live" | null;
}

/** Up to nine steps after each other, some routing, some caught, one perhaps a map; the second version has another definition for a few. */
function makeCase(seed: number): Case {
  const roll = dice(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)]!;
  const steps: StepSpec[] = [];
  const ports: Record<string, string> = {};
  const failing: Record<string, string> = {};
  const count = 3 + Math.floor(roll() * 7);
  const mapAt = roll() < 0.4 ? 1 + Math.floor(roll() * (count - 1)) : -1;
  for (let n = 0; n < count; n += 1) {
    const before = steps.filter((one) => one.within === undefined && one.role !== "split");
    const after = before
      .filter(() => roll() < 0.45)
      .slice(0, 3)
      .map(({ key }) =>
        ports[key] === undefined ? key : { step: key, port: roll() < 0.7 ? ports[key] : "other" },
      );
    if (n === mapAt) {
      steps.push(...mapOver("each", [step("work")], { after }));
      if (roll() < 0.3) failing["work"] = "permanent";
      continue;
    }
    const key = `s${n}`;
    if (roll() < 0.25) ports[key] = "yes";
    if (roll() < 0.25) failing[key] = "permanent";
    steps.push(step(key, { after, ...(roll() < 0.3 ? { onFailure: "continue" } : {}) }));
  }
  if (Object.keys(failing).length === 0)
    failing[pick(steps.filter(({ role }) => role === undefined)).key] = "permanent";
  const mode = pick(["resume", "resume", "from_step", "restart"] as const);
  return {
    steps,
    changed: steps.map((one) =>
      one.role === undefined && roll() < 0.3 ? { ...one, config: { other: seed } } : one,
    ),
    failing,
    ports,
    mode,
    from: mode === "from_step" ? pick(steps.filter(({ role }) => role === undefined)).key : null,
    version: roll() < 0.5 ? "live" : null,
  };
}

const keysOf = (list: readonly { step: string }[]): string[] =>
  [...new Set(list.map((one) => one.step))].toSorted();

/** The steps that went on or were skipped because of those that did, and the steps whose results were kept. */
async function whatHappened(
  run: string,
  made: string,
  sinceSeq: number,
): Promise<{ again: string[]; kept: string[] }> {
  const moved = await sql<{ step_key: string; kinds: string[] }[]>`
    with mine as (
      select seq, kind, step_key from public.run_events
      where run_id = ${made} and seq > ${sinceSeq} and step_key is not null and kind <> 'step.reused')
    select step_key, array_agg(kind order by seq) as kinds from mine
    -- A new run skips at its start what its reused steps had left aside.
    where kind <> 'step.skipped' or seq > (select min(seq) from mine where kind in ('step.started', 'step.reset'))
    group by step_key`;
  const again = new Set(moved.map((one) => one.step_key));
  // The body of a map that is skipped now has no instances to tell of.
  const splitEnd = moved.find((one) => one.step_key === "each__split")?.kinds.at(-1);
  if (again.has("each__split") && splitEnd === "step.skipped")
    for (const key of ["work", "each__item"]) again.add(key);
  const kept = await sql<{ step_key: string }[]>`
    select distinct step_key from public.steps as step
    where run_id = ${made} and status = 'succeeded' and case when ${run === made} then not exists (
      select from public.run_events as event where event.run_id = step.run_id and event.seq > ${sinceSeq}
        and (event.step_key, event.item_path) = (step.step_key, step.item_path)) else reused_from is not null end`;
  return { again: [...again].toSorted(), kept: kept.map((one) => one.step_key).toSorted() };
}

async function playCase(seed: number): Promise<void> {
  const spec = makeCase(seed);
  const slug = `random-${seed}`;
  const publish = (steps: StepSpec[]) => stage.publish(slug, planOf({ steps }, slug));
  const workflow = await publish(spec.steps);
  const { run_id: run } = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}) as answer`,
  );
  await workOff(sql, spec.failing, spec.ports);
  await publish(spec.changed);
  const [ended] = await sql`select status, last_seq from public.runs where id = ${run}`;
  if (spec.mode === "resume" && ended?.["status"] === "succeeded") return;
  const preview = await asUser<{ rerun: { step: string }[]; reused: { step: string }[]; makes: string }>(
    sql,
    stage,
    (tx) => tx`select public.retry_preview(${run}, ${spec.mode}, ${spec.from}, ${spec.version}) as answer`,
  );
  const { run_id: made } = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.retry_run(${run}, ${spec.mode}, ${spec.from}, null, ${spec.version}) as answer`,
  );
  await workOff(sql, {}, spec.ports);
  const happened = await whatHappened(run, made, made === run ? Number(ended?.["last_seq"]) : 0);
  expect({
    seed,
    spec,
    makes: preview.makes,
    again: keysOf(preview.rerun),
    kept: keysOf(preview.reused),
  }).toEqual({
    seed,
    spec,
    makes: made === run ? "same_run" : "new_run",
    again: happened.again,
    kept: happened.kept,
  });
}

it.for([0, 1, 2, 3])("previews what then happens (block %i)", { timeout: 120_000 }, async (block) => {
  for (let n = 0; n < 15; n += 1) await playCase(block * 1_000 + n + 1);
});
