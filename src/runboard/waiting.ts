// The words for a wait: every wait says for what and until when.
import type { WaitingFor } from "../core/run.ts";
import { formatRelative } from "../ui/time-format.ts";
import { formatMoment } from "./clock.ts";

/** What is known around a wait, to name things instead of pointing at them. */
export interface WaitFacts {
  stepTitle?: string | undefined;
  /** The attempt that comes next, and how many the policy allows. */
  nextTry?: number | undefined;
  tryLimit?: number | undefined;
  laneTitle?: string | undefined;
}

function untilWords(until: string | undefined, now: number): string {
  return until ? ` until ${formatMoment(until, now)}, ${formatRelative(Date.parse(until), now)}` : "";
}

function subjectOf(waiting: WaitingFor, facts: WaitFacts): string {
  switch (waiting.kind) {
    case "approval":
      return `Approval of ${facts.stepTitle ?? waiting.ref ?? "a person"}`;
    case "form":
      return `A form to be filled in: ${facts.stepTitle ?? waiting.ref ?? "a person"}`;
    case "signal":
      return waiting.ref?.startsWith("run:")
        ? "The run it started to finish"
        : `Signal ${waiting.ref ?? ""}`.trim();
    case "limit":
      return waiting.ref === "pause"
        ? "Paused by a person"
        : `A free slot${waiting.ref ? ` of ${waiting.ref}` : ""}`;
    case "budget":
      return "A budget top-up";
    case "reconcile":
      return `A decision: did ${facts.stepTitle ?? "the step"} happen?`;
    case "lane":
      return `A free slot in ${facts.laneTitle ?? `lane ${waiting.ref ?? ""}`}`.trim();
    case "timer":
      return facts.stepTitle ?? "Timer";
    case "retry":
      return facts.stepTitle ?? "Retry";
  }
}

/**
 * One line for a wait.
 * @param now milliseconds since the epoch
 * @returns e.g. `Retry 3 of 4 of Fetch at 14:02:10, in 8 s` or `Approval of Refund until 18:00, in 3 h`
 */
export function waitText(waiting: WaitingFor, facts: WaitFacts, now: number): string {
  if (waiting.kind === "retry") {
    const counted =
      facts.nextTry === undefined ? "Retry" : `Try ${facts.nextTry} of ${facts.tryLimit ?? "?"}`;
    const subject = facts.stepTitle ? `${facts.stepTitle}: ${counted.toLowerCase()}` : counted;
    if (!waiting.until) return `${subject} soon`;
    return `${subject} at ${formatMoment(waiting.until, now)}, ${formatRelative(Date.parse(waiting.until), now)}`;
  }
  return subjectOf(waiting, facts) + untilWords(waiting.until, now);
}
