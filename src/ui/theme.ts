// Which theme is shown: the person's choice, or the system's. Kept per browser.
import { useSyncExternalStore } from "react";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const storageKey = "runboard.theme";
const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return themeChoices.find((choice) => choice === stored) ?? "system";
}

let choice = storedChoice();

/** The theme on screen. */
export function shownTheme(): "light" | "dark" {
  if (choice !== "system") return choice;
  return darkSystem.matches ? "dark" : "light";
}

/** Puts the current theme on the document; call once before the first render. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = shownTheme();
  for (const listener of listeners) listener();
}

/** Changes the theme and remembers it. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  localStorage.setItem(storageKey, next);
  applyTheme();
}

darkSystem.addEventListener("change", applyTheme);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The choice and what it comes to, kept current. */
export function useTheme(): { choice: ThemeChoice; shown: "light" | "dark" } {
  const current = useSyncExternalStore(subscribe, () => choice);
  const shown = useSyncExternalStore(subscribe, shownTheme);
  return { choice: current, shown };
}
