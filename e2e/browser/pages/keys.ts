import { expect, type Locator, type Page } from "@playwright/test";

/** More stops than any page has between two things a person would walk between. */
const mostStops = 80;

/** Presses Tab until this has the focus. @throws when a person would have given up */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < mostStops; stops += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${String(target)} was not reached with ${mostStops} presses of Tab.`);
}
