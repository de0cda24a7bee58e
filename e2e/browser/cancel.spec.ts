// A run that waits for hours, for a person or for the clock, is cancelled from the board.
import { expect, test } from "./product.ts";
import { Approvals } from "./pages/approvals.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { longWait } from "./workflow-files.ts";

test("a run that waits for an approval is cancelled with the pointer, and nobody is asked any more", async ({
  page,
  workspace,
}) => {
  const builder = new Builder(page);
  await builder.open(workspace.slug, "batch-with-approval");
  await builder.run();
  await expect(builder.runStrip).toContainText("Waiting");
  await page.getByRole("link", { name: "Board" }).click();

  const board = new Board(page);
  const waiting = board.card("Batch with approval", "waiting");
  await expect(waiting).toContainText("Publish these lines?");
  await waiting.hover();
  await waiting.getByRole("button", { name: "Cancel run" }).click();
  await expect(board.card("Batch with approval", "cancelled")).toBeVisible();
  await expect(waiting).toHaveCount(0);

  await new Approvals(page).open(workspace.slug);
  await expect(page.getByRole("heading", { name: "Nobody is waiting for you" })).toBeVisible();
});

test("a run that waits for an hour is cancelled with a key, and its page says so", async ({
  page,
  workspace,
}) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  const board = new Board(page);
  await list.open(workspace.slug);
  await list.import("long-wait.workflow.json", longWait);
  await expect(builder.node("Sleep on it")).toBeVisible();
  const dialog = await builder.press("Run");
  await dialog.getByRole("button", { name: "Publish and run" }).click();
  await expect(builder.state("Sleep on it", "Waiting for a timer")).toBeVisible();

  await board.open(workspace.slug);
  await board.card("Long wait", "waiting").focus();
  await page.keyboard.press("x");
  await expect(board.card("Long wait", "cancelled")).toBeVisible();
  await board.card("Long wait", "cancelled").click();
  const run = new RunPage(page);
  await expect(run.status("Cancelled")).toBeVisible();
  await expect(run.row("Sleep on it", "Cancelled")).toBeVisible();
});
