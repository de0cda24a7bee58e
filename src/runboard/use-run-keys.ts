import { useEffect, useEffectEvent } from "react";

export interface RunKeys {
  step: (by: 1 | -1) => void;
  fold: (open: boolean) => void;
  retry: () => void;
  cancel: () => void;
  pause: () => void;
  help: () => void;
  zone: (n: 1 | 2 | 3) => void;
}

function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=menu], [role=dialog], [role=tab], [role=separator], [role=tree]",
    ) !== null
  );
}

/** The keys of the run page; silent while something is typed or a sheet is open. */
export function useRunKeys(keys: RunKeys, paused: boolean): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (paused || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const inTree = event.target instanceof HTMLElement && event.target.closest("[role=tree]") !== null;
    if (isElsewhere(event.target) && !(inTree && !event.key.startsWith("Arrow"))) return;
    const acts: Record<string, () => void> = {
      ArrowDown: () => keys.step(1),
      ArrowUp: () => keys.step(-1),
      j: () => keys.step(1),
      k: () => keys.step(-1),
      e: () => keys.fold(true),
      w: () => keys.fold(false),
      r: keys.retry,
      x: keys.cancel,
      p: keys.pause,
      "?": keys.help,
      "1": () => keys.zone(1),
      "2": () => keys.zone(2),
      "3": () => keys.zone(3),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
