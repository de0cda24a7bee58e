// A failure as sentences: what happened, why it ended the step, and what a person can do next.
import type { ErrorClass, RunError } from "../core/failure.ts";

export interface FailureWords {
  /** What happened, in the words of the one who saw it. */
  what: string;
  why: string;
  next: string;
  /** Raw text, for the fold below; absent when there is none. */
  raw: string | undefined;
}

const whys: Record<ErrorClass, string> = {
  transient: "The other side was not able to answer. Failures like this often pass, so they are retried.",
  rate_limited: "The other side asked to be called less often.",
  timeout: "There was no answer within the time this step allows.",
  validation: "A value did not have the shape the step expects, so a repeat would fail the same way.",
  auth: "The other side did not accept the credential, or it may not do this.",
  policy: "A rule of this installation forbids the call.",
  budget: "The run has used up its budget.",
  verification: "The step did its work, but a required check of its output failed. The output is kept.",
  cancelled: "The run was cancelled while this step was at work.",
  lost: "The worker stopped answering and others that took over stopped too.",
  permanent: "The failure is final: the same call would end the same way.",
};

/** Where the class says too little. */
const whysOfCodes: Readonly<Record<string, string>> = {
  deadline: "Time was up. What had ended by then is kept; a retry has the whole time again.",
};

const nexts: Record<ErrorClass, string> = {
  transient: "Retry when the other side is back. Finished steps are kept.",
  rate_limited: "Retry later, or give the lane a smaller limit.",
  timeout: "Retry, or give the step more time in the builder.",
  validation: "Look at the input below, correct the step in the builder, and retry with the new version.",
  auth: "Check the connection and its credential, then retry.",
  policy: "Ask an owner to allow it, or change the step.",
  budget: "Raise the budget in the workflow's settings, then retry.",
  verification: "Look at the proofs and the output, then correct the step or its check.",
  cancelled: "Retry to go on from here.",
  lost: "Look at the logs of the last attempts before you retry: the step may be too large for a worker.",
  permanent: "Correct the step in the builder and retry with the new version.",
};

/**
 * Writes a failure as text.
 * @param tries counted executions of the step; absent for a run's own error
 */
export function failureWords(error: RunError, tries?: number): FailureWords {
  const counted = tries !== undefined && tries > 1 ? ` It was tried ${tries} times.` : "";
  const detail = error.detail === undefined ? "" : JSON.stringify(error.detail, null, 2);
  const raw = [error.snippet, detail].filter(Boolean).join("\n\n");
  return {
    what: error.message,
    why: (whysOfCodes[error.code] ?? whys[error.class]) + counted,
    next: error.hint ?? nexts[error.class],
    raw: raw || undefined,
  };
}
