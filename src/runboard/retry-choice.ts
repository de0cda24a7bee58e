// What a retry would do, boiled down: may it go at once, and if not, what has to be decided.
import type { Effect } from "../core/plan.ts";
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
}

/** What the server says a retry would do, before anything happens. */
export interface Preview {
  makes: "same_run" | "new_run";
  version: number;
  rerun: readonly PreviewStep[];
  reused: readonly PreviewStep[];
  flagged: readonly PreviewStep[];
  effects: readonly PreviewEffect[];
}

export interface Verdict {
  /** Nothing outside would happen twice and nobody has to decide. */
  green: boolean;
  /** Effects that would happen again, seen by the outside. */
  repeats: readonly PreviewEffect[];
  decisions: readonly PreviewEffect[];
  /** One sentence for the button's side. */
  summary: string;
}

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

/** Boils a preview down. */
export function judge(preview: Preview): Verdict {
  const decisions = preview.effects.filter((each) => each.verdict === "decision");
  const repeats = preview.effects.filter((each) => each.verdict === "repeats");
  const runs = `${plural(preview.rerun.length, "step")} will run`;
  const kept = preview.reused.length > 0 ? `, ${plural(preview.reused.length, "result")} reused` : "";
  const where = preview.makes === "same_run" ? " in this run" : ` in a new run of version ${preview.version}`;
  return {
    green: decisions.length === 0 && repeats.length === 0,
    decisions,
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
