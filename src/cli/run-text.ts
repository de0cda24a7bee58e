// One line of text for a run or an event.
import type { EventRow, RunRow } from "./runs-read.ts";

export function eventLine({ at, kind, step_key, item_path, attempt }: EventRow): string {
  const item = item_path != null && item_path.length > 0 ? `[${item_path.join(".")}]` : "";
  const again = attempt != null && attempt > 1 ? ` (attempt ${attempt})` : "";
  return `${at.slice(11, 23)}  ${kind.padEnd(16)} ${step_key ?? ""}${item}${again}`.trimEnd();
}

export function runLines(run: RunRow): string[] {
  const waits =
    run.waiting_for == null
      ? ""
      : `, waiting for ${run.waiting_for.kind}${run.waiting_for.until == null ? "" : ` until ${run.waiting_for.until}`}`;
  const lines = [
    `${run.status}${waits}  ${run.title}  (${run.id}, version ${run.version}, lane ${run.lane})`,
  ];
  if (run.error != null) {
    lines.push(
      `${run.error.step == null ? "" : `${run.error.step}: `}${run.error.message} [${run.error.code}]`,
    );
    if (run.error.hint != null) lines.push(run.error.hint);
  }
  return lines;
}
