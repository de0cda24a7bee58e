import type { Effect } from "../../core/plan.ts";
import type { Tone } from "../../ui/tone.ts";

/** What a repeat of a tool's call would do outside. */
export const effectLook = {
  pure: { label: "Pure", hint: "Touches nothing; may be repeated freely", tone: "neutral" },
  read: { label: "Reads", hint: "Looks at the outside without changing it", tone: "neutral" },
  idempotent: {
    label: "Repeatable",
    hint: "Changes something; a repeat changes nothing more",
    tone: "running",
  },
  at_most_once: {
    label: "At most once",
    hint: "A repeat would do it twice, so it is never repeated without asking",
    tone: "waiting",
  },
} satisfies Record<Effect, { label: string; hint: string; tone: Tone | "neutral" }>;
