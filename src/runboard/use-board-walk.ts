// The focused card, the selected ones, and the keys that move between them.
import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { boardKeyOf, walk } from "./board-keys.ts";
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

function laneBeside(run: CardRun, lanes: readonly CardLane[], step: number): string | undefined {
  const sorted = [...lanes].sort((a, b) => a.position - b.position);
  return sorted[sorted.findIndex((lane) => lane.name === run.lane) + step]?.name;
}

export function useBoardWalk(wiring: Wiring): BoardWalk {
  const [focused, setFocused] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const latest = useRef(wiring);
  latest.current = wiring;
  const at = useRef(focused);
  at.current = focused;

  const select = useCallback((run: CardRun, range: boolean) => {
    const flat = latest.current.columns.flat();
    const from = flat.findIndex((each) => each.id === anchor.current);
    const to = flat.findIndex((each) => each.id === run.id);
    setSelected((before) => {
      const after = new Set(before);
      if (range && from >= 0)
        for (const each of flat.slice(Math.min(from, to), Math.max(from, to) + 1)) after.add(each.id);
      else if (!after.delete(run.id)) after.add(run.id);
      return after;
    });
    anchor.current = run.id;
  }, []);

  const goTo = useCallback((run: CardRun | null) => {
    if (!run) return;
    setFocused(run.id);
    // The card may only be drawn once its column has scrolled to it.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        latest.current.root.current?.querySelector<HTMLElement>(`[data-run="${run.id}"]`)?.focus(),
      ),
    );
  }, []);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { columns, lanes, verbs, open, help, search, paused } = latest.current;
      if (paused || event.defaultPrevented || isTyping(event.target)) return;
      const key = boardKeyOf(event);
      if (key === null) return;
      const run = columns.flat().find((each) => each.id === at.current) ?? null;
      const onButton = event.target instanceof HTMLElement && event.target.closest("button, a") !== null;
      if (onButton && (key === "open" || key === "select")) return;
      const onElse =
        event.target instanceof HTMLElement &&
        event.target.closest("[role=radio], [role=tab], [role=separator]") !== null;
      if (onElse && ["left", "right", "next", "previous"].includes(key) && event.key.startsWith("Arrow"))
        return;
      event.preventDefault();
      if (key === "search") search.current?.focus();
      else if (key === "help") help();
      else if (key === "clear") setSelected(new Set());
      else if (key === "next" || key === "previous" || key === "left" || key === "right")
        goTo(walk(columns, at.current, key));
      else if (!run) return;
      else if (key === "open") open(run);
      else if (key === "select") select(run, false);
      else if (key === "retry") void verbs.retry(run);
      else if (key === "cancel") void verbs.cancel(run);
      else {
        const lane = laneBeside(run, lanes, key === "moveLeft" ? -1 : 1);
        if (lane) void verbs.move(run, lane).then(() => goTo(run));
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [goTo, select]);

  const focus = useCallback((run: CardRun) => setFocused(run.id), []);
  const clear = useCallback(() => setSelected(new Set()), []);
  return { focused, selected, focus, select, clear };
}
