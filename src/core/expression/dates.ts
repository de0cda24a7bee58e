// Times as text. Always UTC, so that the same run gives the same text on every machine.
import { StepError } from "../failure.ts";
import type { CelValue } from "./values.ts";

/**
 * A time written by a pattern of yyyy, MM, dd, HH, mm, ss and SSS; other characters stand for themselves.
 * @param value a timestamp, ISO 8601 text, or milliseconds since the epoch
 * @throws StepError when the value is no time
 */
export function formatDate(value: CelValue, pattern: string): string {
  const date =
    value instanceof Date ? value : typeof value === "string" ? new Date(value) : new Date(Number(value));
  if (value === null || Number.isNaN(date.getTime()))
    throw new StepError(
      "validation",
      "expression_failed",
      "formatDate() was given something that is not a time.",
      {
        hint: "Give ISO 8601 text such as 2026-01-31T09:00:00Z.",
      },
    );
  const [day = "", time = ""] = date.toISOString().split("T");
  const year = day.slice(0, -6);
  const parts: Record<string, string> = {
    yyyy: year,
    MM: day.slice(-5, -3),
    dd: day.slice(-2),
    HH: time.slice(0, 2),
    mm: time.slice(3, 5),
    ss: time.slice(6, 8),
    SSS: time.slice(9, 12),
  };
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss|SSS/g, (part) => parts[part] ?? part);
}
