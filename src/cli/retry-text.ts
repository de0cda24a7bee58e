// What a retry would do, as lines.
import { z } from "zod";
import { table } from "./output.ts";

const Entry = z.looseObject({ step: z.string(), title: z.string(), item_path: z.array(z.number()) });

export const RetryPreview = z.looseObject({
  makes: z.enum(["same_run", "new_run"]),
  version: z.number(),
  rerun: z.array(Entry),
  reused: z.array(Entry),
  flagged: z.array(Entry),
  estimate: z.looseObject({ activeMs: z.number(), costUsd: z.number(), unknown: z.number() }),
  effects: z.array(
    z.looseObject({
      step: z.string(),
      effect: z.string(),
      prior: z.string(),
      verdict: z.string(),
      asks: z.boolean(),
      choices: z.array(z.string()),
    }),
  ),
});
export type RetryPreview = z.infer<typeof RetryPreview>;

const names = (entries: readonly { step: string }[]): string =>
  [...new Set(entries.map(({ step }) => step))].join(", ") || "none";

/** The preview as people read it: where it goes on, the steps, and every effect that is more than safe. */
export function previewLines(preview: RetryPreview): string[] {
  const { makes, version, rerun, reused, flagged, estimate, effects } = preview;
  const where = makes === "same_run" ? "The same run goes on" : "A new run";
  const took = `${(estimate.activeMs / 1_000).toFixed(1)} s of work the last time`;
  const cost = estimate.costUsd > 0 ? `, $${estimate.costUsd.toFixed(4)}` : "";
  const risky = effects.filter(({ verdict }) => verdict !== "safe");
  return [
    `${where}, version ${version}: ${took}${cost}.`,
    `Runs:   ${names(rerun)}`,
    `Reused: ${names(reused)}`,
    ...(flagged.length > 0 ? [`Flagged (changed, or stored as a file): ${names(flagged)}`] : []),
    ...(risky.length === 0
      ? ["Nothing outside would happen twice."]
      : table(
          ["STEP", "EFFECT", "BEFORE", "VERDICT", "DECIDE"],
          risky.map((each) => [
            each.step,
            each.effect,
            each.prior,
            each.verdict,
            each.asks ? "asked in the run" : each.choices.join(" or "),
          ]),
        )),
  ];
}
