// A run that has spent its budget is topped up; a run is paused and goes on; limits are set where the workflow is drawn.
import { expect, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { longWait, thrifty } from "./workflow-files.ts";

test("a run that has used up its budget says so, is topped up, and finishes", async ({ page, workspace }) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  const board = new Board(page);
  await list.open(workspace.slug);
  await list.import("thrifty.workflow.json", thrifty);
  const dialog = await builder.press("Run");
  await dialog.getByRole("button", { name: "Publish and run" }).click();
  await expect(builder.runStrip).toContainText("Over budget");

  await board.open(workspace.slug);
  const card = board.card("Thrifty", "waiting");
  await expect(card).toContainText("A top-up of its budget (tokens)");
  await card.click();
  const run = new RunPage(page);
  await page.getByRole("button", { name: /Top up$/ }).click();
  const budget = page.getByRole("dialog");
  await expect(budget).toContainText("Tokens");
  await expect(budget.getByLabel("Add: tokens")).toHaveValue("120");
  await budget.getByRole("button", { name: "Top up" }).click();
  await expect(run.status("Succeeded")).toBeVisible();
  await expect(run.row("Polish it", "Succeeded")).toBeVisible();
});

test("a run is paused on its page and let go on", async ({ page, workspace }) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  const board = new Board(page);
  await list.open(workspace.slug);
  await list.import("long-wait.workflow.json", longWait);
  const dialog = await builder.press("Run");
  await dialog.getByRole("button", { name: "Publish and run" }).click();
  await expect(builder.runStrip).toContainText("Waiting");
  await board.open(workspace.slug);
  await board.card("Long wait", "waiting").click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/^Paused by a person, .*nothing starts until it is resumed$/)).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(page.getByText(/^Sleep on it until /)).toBeVisible();
});

test("a limit is switched on in the workflow's settings, and a key it cannot take is explained", async ({
  page,
  workspace,
}) => {
  const builder = new Builder(page);
  await builder.open(workspace.slug, "site-check");
  const limits = page.getByRole("region", { name: "Runs at once" });
  await limits.getByRole("switch", { name: "Runs at once" }).click();
  await limits.getByLabel("At most").fill("3");
  await limits.getByLabel("Key").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("1 + 2");
  await expect(limits.getByRole("alert")).toContainText("text");
});
