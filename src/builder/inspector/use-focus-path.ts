// Brings a field into sight when a problem that names it is pressed.
import { useEffect, useEffectEvent } from "react";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";

/** @param open shows the part that holds the path, before it is looked for */
export function useFocusPath(open: (path: string) => void): void {
  const { store } = useBuilderValue();
  const path = useBuilder((state) => state.focusPath);
  const onPath = useEffectEvent(open);
  useEffect(() => {
    if (path === null) return;
    onPath(path);
    const timer = setTimeout(() => {
      // `config.cases[0].expr` may be shown as one field for `config.cases`.
      for (let wanted = path; wanted !== ""; wanted = wanted.replace(/(\.|\[)[^.[]*$/, "")) {
        const field = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(wanted)}"]`);
        if (field) {
          const inner = field.matches("input, textarea, button")
            ? field
            : field.querySelector<HTMLElement>("input, textarea, button");
          (inner ?? field).scrollIntoView({ block: "center" });
          inner?.focus();
          break;
        }
        if (!/[.[]/.test(wanted)) break;
      }
      store.getState().set({ focusPath: null });
    }, 60);
    return () => clearTimeout(timer);
  }, [path, store]);
}
