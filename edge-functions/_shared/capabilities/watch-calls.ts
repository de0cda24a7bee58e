// Tells the breakers how calls to a host ended.
import { StepError } from "../../../src/core/failure.ts";
import type { Breakers } from "../breakers.ts";
import type { CallLog, CallNotes } from "./call-log.ts";

/** The log of an attempt's calls, with an ear for those that say something about the host. */
export function watchCalls(log: CallLog, breakers: Breakers, workspaceId: string): Pick<CallLog, "run"> {
  return {
    async run(facts, work) {
      const seen: { notes?: CallNotes } = {};
      let verdict: Verdict = "nothing";
      try {
        const result = await log.run(facts, (notes) => work((seen.notes = notes)));
        verdict = verdictOf(undefined, seen.notes?.status);
        return result;
      } catch (error) {
        verdict = verdictOf(error, seen.notes?.status);
        throw error;
      } finally {
        if (verdict === "failed") await breakers.failed(workspaceId, facts.host);
        else if (verdict === "answered") await breakers.answered(workspaceId, facts.host);
      }
    },
  };
}

type Verdict = "failed" | "answered" | "nothing";

/** These come before anything was sent, or are ours. */
const SAYS_NOTHING = new Set(["policy", "cancelled", "lost", "budget"]);
const NEVER_SPOKE = new Set(["tls_invalid", "http_invalid", "engine_away", "unexpected"]);

/**
 * What a call says about its host: a server error, no answer in time or none at all counts against it. A refusal of this one request
 * (4xx, also 429) is an answer.
 * @param error  what the call threw, if it did
 * @param status what was answered, if a status was
 */
export function verdictOf(error: unknown, status: string | number | undefined): Verdict {
  if (typeof status === "number" && status >= 400 && status < 500) return "answered";
  if (typeof status === "number" && status >= 500)
    return status === 501 || status === 505 ? "answered" : "failed";
  if (error === undefined) return "answered";
  if (!(error instanceof StepError)) return "nothing";
  if (SAYS_NOTHING.has(error.errorClass) || NEVER_SPOKE.has(error.code)) return "nothing";
  return error.errorClass === "transient" || error.errorClass === "timeout" ? "failed" : "answered";
}
