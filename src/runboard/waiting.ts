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

/** The name of the signal a step waits for; null when it waits for something else. */
export function signalOf(waiting: WaitingFor | null): string | null {
  return waiting?.kind === "signal" && waiting.ref !== undefined && !waiting.ref.startsWith("run:")
    ? waiting.ref
    : null;
}

/** The run a step started and waits for; null when it waits for something else. */
export function subRunOf(waiting: WaitingFor | null): string | null {
  return waiting?.kind === "signal" && waiting.ref?.startsWith("run:")
    ? waiting.ref.slice("run:".length)
    : null;
}

function subjectOf(waiting: WaitingFor, facts: WaitFacts): string {
  switch (waiting.kind) {
    case "approval":
      return facts.stepTitle ?? "Approval by a person";
    case "form":
      return facts.stepTitle ?? "A form to be filled in";
    case "signal":
      return waiting.ref?.startsWith("run:")
        ? "The run it started to finish"
        : `Signal ${waiting.ref ?? ""}`.trim();
    case "limit":
      return limitSubject(waiting.ref ?? "");
    case "budget":
      return waiting.until ? "Budget other steps hold" : `A top-up of its budget${budgetWord(waiting.ref)}`;
    case "reconcile":
      return `A decision: did ${facts.stepTitle ?? "the step"} happen?`;
    case "lane":
      return `A free slot in ${facts.laneTitle ?? `lane ${waiting.ref ?? ""}`}`.trim();
    case "timer":
      return waiting.ref?.startsWith("check:")
        ? `The next look of check ${waiting.ref.slice("check:".length)}`
        : (facts.stepTitle ?? "Timer");
    case "retry":
      return facts.stepTitle ?? "Retry";
  }
}

const budgetWords: Record<string, string> = {
  tokens: " (tokens)",
  costUsd: " (cost)",
  calls: " (calls)",
  activeMs: " (time at work)",
};
const budgetWord = (ref: string | undefined): string => budgetWords[ref ?? ""] ?? "";

/** What holds it back: a pause, or a limit of the workflow or of a connection. */
function limitSubject(ref: string): string {
  if (ref === "pause") return "Paused by a person";
  if (ref === "rate") return "Its turn under the workflow's rate limit";
  if (ref === "debounce") return "More starts like it to stop coming";
  if (ref.startsWith("key:"))
    return `A free place for ${ref === "key:" ? "its key" : ref.slice("key:".length)}`;
  if (ref.startsWith("connection:")) return `A free place at connection ${ref.slice("connection:".length)}`;
  if (ref.startsWith("host:")) return `Failing host ${ref.slice("host:".length)}`;
  return "A free slot";
}

/** A wait in two parts, so that the until is still read where the subject is cut short. */
export interface WaitWords {
  subject: string;
  /** Empty when it waits without end. */
  until: string;
  /** The same where room is short: how long a retry is away, or the moment a wait ends. */
  shortUntil: string;
}

/**
 * Words for a wait.
 * @param now milliseconds since the epoch
 * @returns e.g. `Fetch: try 3 of 4` and `at 14:02:10, in 8 s`, or `Refund the payment?` and `until 18:00, in 3 h`
 */
export function waitWords(waiting: WaitingFor, facts: WaitFacts, now: number): WaitWords {
  const isRetry = waiting.kind === "retry";
  const counted =
    isRetry && facts.nextTry !== undefined ? `try ${facts.nextTry} of ${facts.tryLimit ?? "?"}` : "";
  const subject =
    counted === "" ? subjectOf(waiting, facts) : facts.stepTitle ? `${facts.stepTitle}: ${counted}` : counted;
  if (!waiting.until) return { subject, until: "", shortUntil: "" };
  if (Date.parse(waiting.until) <= now) return { subject, until: "due now", shortUntil: "due now" };
  const moment = formatMoment(waiting.until, now);
  const distance = formatRelative(Date.parse(waiting.until), now);
  const word = isRetry ? "at" : "until";
  return {
    subject,
    until: `${word} ${moment}, ${distance}`,
    shortUntil: isRetry ? distance : `until ${moment}`,
  };
}

/** The same as one line. */
export function waitText(waiting: WaitingFor, facts: WaitFacts, now: number): string {
  const { subject, until } = waitWords(waiting, facts, now);
  return until === "" ? subject : `${subject} ${until}`;
}

/** By when a step must have ended: `must end by 18:00, in 3 h`. */
export function deadlineText(at: string, now: number): string {
  if (Date.parse(at) <= now) return "its deadline has passed";
  return `must end by ${formatMoment(at, now)}, ${formatRelative(Date.parse(at), now)}`;
}
