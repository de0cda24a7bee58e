// Keys on the board: which one walks where. Pure, so that the walk can be tested without a screen.
import type { CardRun } from "./card.ts";

export type BoardKey =
  | "next"
  | "previous"
  | "left"
  | "right"
  | "retry"
  | "cancel"
  | "open"
  | "select"
  | "search"
  | "help"
  | "moveLeft"
  | "moveRight"
  | "clear";

const keys: Record<string, BoardKey> = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  ArrowLeft: "left",
  h: "left",
  ArrowRight: "right",
  l: "right",
  r: "retry",
  x: "cancel",
  Enter: "open",
  " ": "select",
  "/": "search",
  "?": "help",
  Escape: "clear",
};

/** What a key press means on the board; null leaves it to the browser. */
export function boardKeyOf(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">,
): BoardKey | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.shiftKey && event.key === "ArrowLeft") return "moveLeft";
  if (event.shiftKey && event.key === "ArrowRight") return "moveRight";
  return keys[event.key] ?? null;
}

/**
 * The run that a step leads to.
 * @param columns runs by column, in the order they are shown
 * @param from    id of the focused run, or null to begin at the first
 */
export function walk(
  columns: readonly (readonly CardRun[])[],
  from: string | null,
  key: "next" | "previous" | "left" | "right",
): CardRun | null {
  const column = columns.findIndex((runs) => runs.some((run) => run.id === from));
  const first = columns.find((runs) => runs.length > 0)?.[0] ?? null;
  const here = columns[column];
  if (!here) return first;
  const index = here.findIndex((run) => run.id === from);
  if (key === "next" || key === "previous") {
    const flat = columns.flat();
    const place = flat.findIndex((run) => run.id === from);
    return flat[place + (key === "next" ? 1 : -1)] ?? here[index] ?? null;
  }
  const step = key === "right" ? 1 : -1;
  for (let at = column + step; at >= 0 && at < columns.length; at += step) {
    const beside = columns[at];
    if (beside && beside.length > 0) return beside[Math.min(index, beside.length - 1)] ?? null;
  }
  return here[index] ?? null;
}
