import { useEffect, useRef } from "react";

export interface RunKeys {
  step: (by: 1 | -1) => void;
  fold: (open: boolean) => void;
  retry: () => void;
  cancel: () => void;
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
  const latest = useRef({ keys, paused });
  latest.current = { keys, paused };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { keys: does, paused: silent } = latest.current;
      if (silent || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const folds = event.key === "e" || event.key === "w";
      const inTree = event.target instanceof HTMLElement && event.target.closest("[role=tree]") !== null;
      if (isElsewhere(event.target) && !(inTree && !event.key.startsWith("Arrow"))) return;
      const acts: Record<string, () => void> = {
        ArrowDown: () => does.step(1),
        ArrowUp: () => does.step(-1),
        j: () => does.step(1),
        k: () => does.step(-1),
        r: does.retry,
        x: does.cancel,
        "?": does.help,
        "1": () => does.zone(1),
        "2": () => does.zone(2),
        "3": () => does.zone(3),
      };
      const act = folds ? () => does.fold(event.key === "e") : acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
