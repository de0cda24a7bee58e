// Every page and what opens over it, without a pointer.
import type { Page } from "@playwright/test";
import { Builder } from "./pages/builder.ts";
import { walkByTab } from "./pages/focus-walk.ts";
import { tabTo } from "./pages/keys.ts";
import { expect, test } from "./product.ts";

const places: [name: string, path: string, ready: (page: Page) => Promise<void>][] = [
  ["workflows", "workflows", (page) => page.getByRole("link", { name: "MCP tour" }).waitFor()],
  ["board", "board", (page) => page.getByRole("button", { name: "Start a run" }).first().waitFor()],
  ["approvals", "approvals", (page) => page.getByRole("radio", { name: "Decided" }).waitFor()],
  ["connections", "connections", (page) => page.getByRole("button", { name: "New connection" }).waitFor()],
  ["engine", "engine", (page) => page.getByText("Workers").first().waitFor()],
  ["settings", "settings", (page) => page.getByLabel("Title of lane A").waitFor()],
  ["builder", "workflows/site-check", (page) => page.locator(".react-flow__node").first().waitFor()],
];

for (const [name, path, ready] of places)
  test(`on the page ${name} Tab reaches all that can be pressed, and shows where it is`, async ({
    page,
    workspace,
  }) => {
    await page.goto(`/w/${workspace.slug}/${path}`);
    await ready(page);
    const { stops, unseen, unreached } = await walkByTab(page);
    expect(stops).toBeGreaterThan(10);
    expect(unseen).toEqual([]);
    expect(unreached).toEqual([]);
  });

const openers: [path: string, opener: string][] = [
  ["workflows", "New workflow"],
  ["connections", "New connection"],
  ["workflows/site-check", "Publish"],
];

for (const [path, opener] of openers)
  test(`${opener} (${path}) opens by Enter, takes the focus, and gives it back at Escape`, async ({
    page,
    workspace,
  }) => {
    await page.goto(`/w/${workspace.slug}/${path}`);
    const button = page.getByRole("button", { name: opener, exact: true }).first();
    await tabTo(page, button);
    await page.keyboard.press("Enter");
    const opened = page.getByRole("dialog");
    await expect(opened).toBeVisible();
    await expect.poll(() => opened.evaluate((one) => one.contains(document.activeElement))).toBe(true);
    await page.keyboard.press("Escape");
    await expect(opened).toBeHidden();
    await expect(button).toBeFocused();
  });

test("the list of nodes is one stop: arrows walk it, Enter adds what is chosen", async ({
  page,
  workspace,
}) => {
  const builder = new Builder(page);
  await builder.open(workspace.slug, "site-check");
  const nodes = page.getByRole("navigation", { name: "Nodes" });
  await tabTo(page, nodes.getByRole("searchbox"));
  await page.keyboard.press("Tab");
  await expect(nodes.getByRole("button", { name: "Triggers" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(nodes.getByRole("button", { name: "Manual trigger" })).toBeFocused();
  await page.keyboard.press("End");
  await expect(nodes.getByRole("button", { name: "Note", exact: true })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("separator", { name: "Resize the node list" })).toBeFocused();
});
