// Thrown values become the stored form of a failure.
import { z } from "zod";
import { StepError, type RunError } from "../../src/core/failure.ts";
import type { Json } from "../../src/core/json.ts";
import type { Redactor } from "./redact.ts";

const DETAIL_LIMIT = 8_192;

/**
 * The stored form of whatever was thrown: a StepError as it says, a schema mismatch as `input_invalid`, anything else as
 * `unexpected`. Texts are redacted and cut at 500 characters.
 */
export function toRunError(error: unknown, redactor: Redactor, step?: string): RunError {
  const found = error instanceof StepError ? error : asStepError(error);
  const { hint, retryAfterMs, snippet, detail } = found.facts;
  const where = step !== undefined && /^[a-z][a-z0-9_]{0,62}$/.test(step) ? { step } : {};
  return {
    class: found.errorClass,
    code: found.code.slice(0, 64),
    message: clean(found.message, redactor) || "The step failed without saying why.",
    ...(hint === undefined ? {} : { hint: clean(hint, redactor) }),
    ...where,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.max(0, Math.round(retryAfterMs)) }),
    ...(snippet === undefined ? {} : { snippet: clean(snippet, redactor) }),
    ...(detail === undefined ? {} : smallDetail(redactor.json(detail))),
  };
}

function asStepError(error: unknown): StepError {
  if (error instanceof z.ZodError) {
    return new StepError("validation", "input_invalid", z.prettifyError(error), {
      hint: "Check the inputs and the settings of this node.",
      cause: error,
    });
  }
  const said = error instanceof Error ? error.message : String(error);
  return new StepError("transient", "unexpected", `Something unforeseen went wrong: ${said}`, {
    hint: "It is retried. If it keeps happening, report it with the run's id.",
    cause: error,
  });
}

/** Redacts before cutting, so that no half of a secret is left at the edge. */
function clean(text: string, redactor: Redactor): string {
  return redactor.text(text).toWellFormed().replaceAll("\u0000", "\ufffd").slice(0, 500).toWellFormed();
}

function smallDetail(detail: Json): { detail?: Json } {
  return JSON.stringify(detail).length <= DETAIL_LIMIT ? { detail } : {};
}
