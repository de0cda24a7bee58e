// What a retry would do, boiled down: may it go at once, and if not, what has to be decided.
import type { Effect } from "../core/plan.ts";
import { formatDuration } from "../ui/time-format.ts";
import { groupBy } from "./group-by.ts";

export type EffectVerdict = "safe" | "deduplicated" | "repeats" | "decision";

export interface PreviewStep {
  step: string;
  itemPath: readonly number[];
  title: string;
  effect?: Effect | undefined;
}

export interface PreviewEffect {
  step: string;
  effect: Effect;
  /** What is known of its last execution, in the server's word. */
  prior: unknown;
  verdict: EffectVerdict;
  /** The resumed step waits for a person by itself, so nothing has to be decided now. */
  asks: boolean;
  choices: readonly Decision[];
}

/** Repeat the effect, or take the old output as the step's result. */
export type Decision = "do_it_again" | "treat_as_done";
export type Decisions = Readonly<Record<string, Decision>>;

/** What the server says a retry would do, before anything happens. */
export interface Preview {
  makes: "same_run" | "new_run";
  version: number;
  rerun: readonly PreviewStep[];
  reused: readonly PreviewStep[];
  flagged: readonly PreviewStep[];
  effects: readonly PreviewEffect[];
  /** Of the steps that run again: how long they worked the last time, and what that cost. */
  estimate: { steps: number; unknown: number; activeMs: number; costUsd: number };
}

export interface Verdict {
  /** Nothing outside would happen twice and nobody has to decide. */
  green: boolean;
  /** Effects that would happen again, seen by the outside. */
  repeats: readonly PreviewEffect[];
  /** Effects that a person must decide about, one per step; `open` are those nobody has yet. */
  decisions: readonly PreviewEffect[];
  open: readonly PreviewEffect[];
  /** Steps that will ask in the run. */
  asking: readonly PreviewEffect[];
  /** One sentence for the button's side. */
  summary: string;
}

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

/** One line per step, however many items it has. */
function perStep(effects: readonly PreviewEffect[]): PreviewEffect[] {
  return [...groupBy(effects, (each) => each.step).values()].flatMap((same) => same.slice(0, 1));
}

/** Boils a preview down. */
export function judge(preview: Preview, decided: Decisions = {}): Verdict {
  const critical = perStep(preview.effects.filter((each) => each.verdict === "decision"));
  const decisions = critical.filter((each) => !each.asks);
  const open = decisions.filter((each) => decided[each.step] === undefined);
  const asking = critical.filter((each) => each.asks);
  const repeats = perStep(preview.effects.filter((each) => each.verdict === "repeats"));
  const runs = `${plural(preview.rerun.length, "step")} will run`;
  const kept = preview.reused.length > 0 ? `, ${plural(preview.reused.length, "result")} reused` : "";
  const where = preview.makes === "same_run" ? " in this run" : ` in a new run of version ${preview.version}`;
  return {
    green: critical.length === 0 && repeats.length === 0,
    decisions,
    open,
    asking,
    repeats,
    summary: runs + kept + where,
  };
}

const priorWords: Record<string, string> = {
  none: "it has not happened",
  unknown: "nobody knows whether it happened",
  succeeded: "it has happened",
};

/** Why an effect is listed, as a sentence. */
export function effectWords(effect: PreviewEffect): string {
  const prior = priorWords[String(effect.prior)] ?? String(effect.prior);
  switch (effect.verdict) {
    case "safe":
      return "Safe to run again.";
    case "deduplicated":
      return `Sent again with the same key (${prior}): a server that honours keys does it once.`;
    case "repeats":
      return `Happens again: ${prior}, and this retry does it anew.`;
    case "decision":
      if (effect.asks) return "Nobody knows whether it happened: the step will ask before it goes on.";
      return `Needs a decision: ${prior}, and doing it twice would be seen.`;
  }
}

/** Groups steps of map items: `Call` for 3 items is one line. */
export function groupSteps(
  steps: readonly PreviewStep[],
): { title: string; step: string; effect: Effect | undefined; count: number }[] {
  const groups = groupBy(steps, (each) => each.step);
  return [...groups.values()].flatMap((same) => {
    const first = same[0];
    return first
      ? [{ title: first.title || first.step, step: first.step, effect: first.effect, count: same.length }]
      : [];
  });
}

/** How long and how dear it was the last time; null when none of it ever ran. */
export function estimateWords({ steps, unknown, activeMs, costUsd }: Preview["estimate"]): string | null {
  if (steps === unknown) return null;
  const cost = costUsd > 0 ? ` and $${costUsd < 0.01 ? costUsd.toFixed(4) : costUsd.toFixed(2)}` : "";
  const rest = unknown > 0 ? `; ${plural(unknown, "step")} never ran` : "";
  return `Took ${formatDuration(activeMs)} of work${cost} the last time${rest}.`;
}
