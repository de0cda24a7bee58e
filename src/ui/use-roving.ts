// A list of buttons as one stop of the Tab key: the arrow keys, Home and End move within it.
import { useLayoutEffect, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from "react";

interface Roving<E extends HTMLElement> {
  ref: RefObject<E | null>;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: (event: FocusEvent) => void;
}

const stopsIn = (list: HTMLElement): HTMLElement[] => [
  ...list.querySelectorAll<HTMLElement>("button:not(:disabled)"),
];

const topOf = (stop: HTMLElement): number => Math.round(stop.getBoundingClientRect().top);

/** Left and right go from one to the next, up and down to the beginning of another line. */
function goal(stops: readonly HTMLElement[], from: HTMLElement, key: string): HTMLElement | undefined {
  const at = stops.indexOf(from);
  const top = topOf(from);
  switch (key) {
    case "ArrowRight":
      return stops[at + 1];
    case "ArrowLeft":
      return stops[at - 1];
    case "ArrowDown":
      return stops.slice(at).find((stop) => topOf(stop) > top);
    case "ArrowUp": {
      const above = stops.slice(0, at).findLast((stop) => topOf(stop) < top);
      return above && stops.find((stop) => topOf(stop) === topOf(above));
    }
    case "Home":
      return stops[0];
    case "End":
      return stops.at(-1);
    default:
      return undefined;
  }
}

/** Spread onto what holds the buttons. Which of them the Tab key comes back to is remembered for as long as it is there. */
export function useRoving<E extends HTMLElement>(): Roving<E> {
  const ref = useRef<E>(null);
  const last = useRef<HTMLElement>(null);
  const settle = () => {
    const stops = ref.current ? stopsIn(ref.current) : [];
    const chosen = stops.find((stop) => stop === last.current) ?? stops[0];
    for (const stop of stops) stop.tabIndex = stop === chosen ? 0 : -1;
  };
  // Whatever was drawn: buttons come and go with what the list shows.
  useLayoutEffect(settle);
  return {
    ref,
    onFocus(event) {
      if (!(event.target instanceof HTMLButtonElement)) return;
      last.current = event.target;
      settle();
    },
    onKeyDown(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLButtonElement))
        return;
      const next = ref.current && goal(stopsIn(ref.current), event.target, event.key);
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      next.focus();
    },
  };
}
