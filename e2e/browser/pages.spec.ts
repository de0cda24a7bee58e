// Every page, in both themes: usable with assistive technology, quiet in the console, and no wider than a small screen.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";
import type { Page } from "@playwright/test";

/** A row of a tree is called by its label; the figures beside it are its description, and nobody speaks them to reach it. */
const isFigureOfTreeRow = (rule: string, html: string) =>
  rule === "label-content-name-mismatch" && html.includes('role="treeitem"');

async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes
        .filter((node) => !isFigureOfTreeRow(id, node.html))
        .map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
    );
}

const isWider = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

interface Place {
  name: string;
  open: (page: Page, workspace: string, run: string) => Promise<void>;
}

const heading = (path: string, name: string) => async (page: Page, workspace: string) => {
  await page.goto(`/w/${workspace}/${path}`);
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
};

const places: Place[] = [
  { name: "the list of workflows", open: heading("workflows", "Workflows") },
  {
    name: "the builder",
    async open(page, workspace) {
      const builder = new Builder(page);
      await builder.open(workspace, "batch-with-approval");
      await builder.node("Write a line").click();
      await builder.tab(/^Inputs/);
    },
  },
  {
    name: "the run form",
    async open(page, workspace) {
      const builder = new Builder(page);
      await builder.open(workspace, "site-check");
      await (await builder.press("Run")).getByLabel("Page to check").waitFor();
    },
  },
  {
    name: "the board",
    async open(page, workspace) {
      await new Board(page).open(workspace);
      await new Board(page).card("Flaky API, retries used up").first().waitFor();
    },
  },
  {
    name: "the board by status",
    async open(page, workspace) {
      await page.goto(`/w/${workspace}/board?view=status`);
      await new Board(page).card("Flaky API, retries used up").first().waitFor();
    },
  },
  {
    name: "a failed run",
    async open(page, workspace, run) {
      await new RunPage(page).open(workspace, run);
      await new RunPage(page).step.getByRole("alert").waitFor();
    },
  },
  {
    name: "an open approval",
    async open(page, workspace) {
      await page.goto(`/w/${workspace}/approvals`);
      await page.getByRole("button", { name: "Approve" }).waitFor();
    },
  },
  { name: "connections", open: heading("connections", "Connections") },
  { name: "the engine", open: heading("engine", "Engine") },
  { name: "settings", open: heading("settings", "Settings") },
];

let failedRun = "";

test.beforeAll(async ({ workspace }) => {
  const context = await workspace.signedIn();
  const builder = new Builder(await context.newPage());
  await builder.open(workspace.slug, "flaky-api-exhausted");
  await builder.run();
  await expect(builder.runStrip).toContainText("Failed");
  failedRun = new URL(builder.page.url()).searchParams.get("run") ?? "";
  await builder.open(workspace.slug, "batch-with-approval");
  await builder.run();
  await expect(builder.runStrip).toContainText("Waiting");
  await context.close();
});

for (const { name, open } of places) {
  test(`${name} is accessible in light and dark and fits a small screen`, async ({ page, workspace }) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await open(page, workspace.slug, failedRun);
      expect(await seriousViolations(page), `${name}, ${colorScheme}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1024, height: 768 });
    await expect.poll(() => isWider(page)).toBe(false);
  });
}

test("the sign-in page is accessible in light and dark and fits a small screen", async ({
  browser,
  workspace,
  console,
}) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      baseURL: workspace.url,
      colorScheme,
      viewport: { width: 1024, height: 768 },
    });
    console.watch(context);
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await seriousViolations(page), colorScheme).toEqual([]);
    expect(await isWider(page)).toBe(false);
    await context.close();
  }
});
