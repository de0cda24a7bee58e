// A walk over a page with the Tab key alone, and what it found.
import type { Page } from "@playwright/test";

export interface Walk {
  /** How many stops there were. */
  stops: number;
  /** Stops that look the same with the focus and without it. */
  unseen: string[];
  /** What can be pressed or written into and was never stopped at. */
  unreached: string[];
}

const mostStops = 150;

interface Stop {
  name: string;
  /** Whether the one before looked as it does now while it had the focus; null at the first. */
  beforeUnseen: string | null;
  /** It was stopped at already: the walk is at its end. */
  again: boolean;
}

/** Notes the element that has the focus. */
function noteStop(): Stop | null {
  const state = window as unknown as {
    walked?: { element: Element; look: string; name: string };
    walkedPaths?: Set<string>;
  };
  const parts = (element: Element): Element[] => [
    element,
    ...element.querySelectorAll(":scope > *, path"),
    ...[element.parentElement, element.parentElement?.parentElement ?? null].filter((one) => one !== null),
  ];
  const lookOf = (element: Element): string =>
    parts(element)
      .map((part) => {
        const { outline, boxShadow, borderColor, stroke, strokeWidth } = getComputedStyle(part);
        return [outline, boxShadow, borderColor, stroke, strokeWidth].join();
      })
      .join("\n");
  const before = state.walked;
  const beforeUnseen =
    before && before.element.isConnected && lookOf(before.element) === before.look ? before.name : null;
  const element = document.activeElement;
  if (!element || element === document.body) {
    delete state.walked;
    return beforeUnseen === null ? null : { name: "", beforeUnseen, again: true };
  }
  const text = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40) ?? "";
  const name = `${element.getAttribute("role") ?? element.tagName.toLowerCase()} "${text}"`;
  const again = element.hasAttribute("data-walked");
  element.setAttribute("data-walked", "");
  // A field that becomes an editor is another element afterwards.
  const path = element.closest("[data-path]")?.getAttribute("data-path");
  if (path !== null && path !== undefined) (state.walkedPaths ??= new Set()).add(path);
  state.walked = { element, look: lookOf(element), name };
  return { name, beforeUnseen, again };
}

function findUnreached(): string[] {
  const { walkedPaths } = window as unknown as { walkedPaths?: Set<string> };
  const pressed =
    "button, a[href], input, select, textarea, [role=button], [role=tab], [role=switch], [role=radio]";
  return [...document.querySelectorAll<HTMLElement>(pressed)]
    .filter(
      (one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true, opacityProperty: false }),
    )
    .filter((one) => !one.matches(":disabled") && !one.closest("[inert], [aria-hidden=true]"))
    .filter((one) => !one.hasAttribute("data-walked") && !walkedPaths?.has(one.dataset["path"] ?? ""))
    .map(
      (one) =>
        `${one.tagName.toLowerCase()} "${one.getAttribute("aria-label") ?? one.textContent?.trim() ?? ""}"`,
    );
}

/** Resolves when the page shows what the last key did: rings fade in, and a field that becomes an editor is drawn a frame later. */
async function drawn(): Promise<void> {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const fading = document
    .getAnimations()
    .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(fading.map((one) => one.finished));
}

/** From the top of the page until the focus leaves it or comes round again. */
export async function walkByTab(page: Page): Promise<Walk> {
  const unseen: string[] = [];
  let stops = 0;
  while (stops < mostStops) {
    await page.keyboard.press("Tab");
    await page.evaluate(drawn);
    const stop = await page.evaluate(noteStop);
    if (stop?.beforeUnseen) unseen.push(stop.beforeUnseen);
    if (!stop || stop.again) break;
    stops += 1;
  }
  return { stops, unseen, unreached: await page.evaluate(findUnreached) };
}
