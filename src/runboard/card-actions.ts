// The verbs of a card, so that its buttons, its menu and the keyboard do the same thing.
import { isFinished, laneLabel, type CardLane, type CardRun } from "./card.ts";
import type { MenuEntry } from "../ui/menu-entry.ts";

export interface CardActions {
  open: (run: CardRun) => void;
  /** Resumes at once when nothing needs a decision, else opens the sheet. */
  retry: (run: CardRun) => void;
  /** Opens the sheet with its choices. */
  retryWith: (run: CardRun) => void;
  cancel: (run: CardRun) => void;
  /** Pauses the run, or lets a paused one go on. */
  pause: (run: CardRun) => void;
  move: (run: CardRun, lane: string) => void;
  /** Selects; with `range` everything since the last one. */
  select: (run: CardRun, range: boolean) => void;
  focus: (run: CardRun) => void;
}

export const canRetry = (run: CardRun): boolean => run.status === "failed" || run.status === "cancelled";
export const canCancel = (run: CardRun): boolean => !isFinished(run.status) && !run.cancelRequestedAt;
/** It can be paused, or, when it is paused, go on. */
export const canPause = (run: CardRun): boolean => canCancel(run);

/** The card's menu. */
export function cardMenu(
  run: CardRun,
  lanes: readonly CardLane[],
  selected: boolean,
  actions: CardActions,
): MenuEntry[] {
  const moves: MenuEntry[] = lanes.map((lane) => ({
    label: laneLabel(lane).replace(/^lane/, "Lane"),
    checked: lane.name === run.lane,
    disabled: lane.name === run.lane || isFinished(run.status),
    onSelect: () => actions.move(run, lane.name),
  }));
  return [
    { label: "Open run", shortcut: "Enter", onSelect: () => actions.open(run) },
    "separator",
    { label: "Retry", shortcut: "R", disabled: !canRetry(run), onSelect: () => actions.retry(run) },
    {
      label: "Retry with choices…",
      disabled: !isFinished(run.status),
      onSelect: () => actions.retryWith(run),
    },
    { label: "Move to", entries: moves },
    {
      label: selected ? "Deselect" : "Select",
      shortcut: "Space",
      onSelect: () => actions.select(run, false),
    },
    "separator",
    {
      label: run.pausedAt ? "Resume run" : "Pause run",
      disabled: !canPause(run),
      onSelect: () => actions.pause(run),
    },
    {
      label: "Cancel run",
      shortcut: "X",
      danger: true,
      disabled: !canCancel(run),
      onSelect: () => actions.cancel(run),
    },
  ];
}
