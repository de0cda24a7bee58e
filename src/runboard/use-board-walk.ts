// The focused card, the selected ones, and the keys that move between them.
import { useCallback, useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import { boardKeyOf, walk, type BoardKey } from "./board-keys.ts";
import type { CardLane, CardRun } from "./card.ts";
import type { BoardVerbs } from "./use-board-actions.ts";

export interface BoardWalk {
  focused: string | null;
  selected: ReadonlySet<string>;
  focus: (run: CardRun) => void;
  select: (run: CardRun, range: boolean) => void;
  clear: () => void;
}

interface Wiring {
  /** Runs by column, as they are shown. */
  columns: readonly (readonly CardRun[])[];
  lanes: readonly CardLane[];
  verbs: BoardVerbs;
  open: (run: CardRun) => void;
  help: () => void;
  search: RefObject<HTMLInputElement | null>;
  root: RefObject<HTMLElement | null>;
  /** A sheet or dialog has the keys. */
  paused: boolean;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=menu], [role=dialog], [role=listbox]",
    ) !== null
  );
}

/** A button takes Enter and Space itself, and radios, tabs and separators the arrows. */
function isForControl(event: KeyboardEvent, key: BoardKey): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (key === "open" || key === "select") return event.target.closest("button, a") !== null;
  return (
    event.key.startsWith("Arrow") &&
    event.target.closest("[role=radio], [role=tab], [role=separator]") !== null
  );
}

function laneBeside(run: CardRun, lanes: readonly CardLane[], step: number): string | undefined {
  const sorted = [...lanes].sort((a, b) => a.position - b.position);
  return sorted[sorted.findIndex((lane) => lane.name === run.lane) + step]?.name;
}

export function useBoardWalk({ columns, lanes, verbs, open, help, search, root, paused }: Wiring): BoardWalk {
  const [focused, setFocused] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const order = useRef(columns);
  useEffect(() => {
    order.current = columns;
  }, [columns]);

  // Stable, so that cards are not drawn again when others change.
  const select = useCallback((run: CardRun, range: boolean): void => {
    const flat = order.current.flat();
    const from = flat.findIndex((each) => each.id === anchor.current);
    const to = flat.findIndex((each) => each.id === run.id);
    setSelected((before) => {
      const after = new Set(before);
      if (range && from >= 0) {
        for (const each of flat.slice(Math.min(from, to), Math.max(from, to) + 1)) after.add(each.id);
      } else if (!after.delete(run.id)) after.add(run.id);
      return after;
    });
    anchor.current = run.id;
  }, []);

  const goTo = (run: CardRun | null): void => {
    if (!run) return;
    setFocused(run.id);
    const find = () => root.current?.querySelector<HTMLElement>(`[data-run="${run.id}"]`)?.focus();
    // The card may only be drawn once its column has scrolled to it.
    requestAnimationFrame(() => requestAnimationFrame(find));
  };

  const act = (key: BoardKey, run: CardRun): void => {
    if (key === "open") open(run);
    else if (key === "select") select(run, false);
    else if (key === "retry") void verbs.retry(run);
    else if (key === "cancel") void verbs.cancel(run);
    else {
      const lane = laneBeside(run, lanes, key === "moveLeft" ? -1 : 1);
      if (lane) void verbs.move(run, lane).then(() => goTo(run));
    }
  };

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (paused || event.defaultPrevented || isTyping(event.target)) return;
    const key = boardKeyOf(event);
    if (key === null || isForControl(event, key)) return;
    event.preventDefault();
    const run = columns.flat().find((each) => each.id === focused);
    if (key === "search") search.current?.focus();
    else if (key === "help") help();
    else if (key === "clear") setSelected(new Set());
    else if (key === "next" || key === "previous" || key === "left" || key === "right")
      goTo(walk(columns, focused, key));
    else if (run) act(key, run);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  const focus = useCallback((run: CardRun) => setFocused(run.id), []);
  const clear = useCallback(() => setSelected(new Set()), []);
  return { focused, selected, focus, select, clear };
}
