// Runs failed for the same reason; the person retries all of them from the board's filter, a few first, and it stops by itself.
import { expect, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { sendsThenFails } from "./workflow-files.ts";

const title = "Sends then fails";

test("many runs are retried from the filter, carefully, and what fails again stops it", async ({
  page,
  workspace,
}) => {
  const list = new WorkflowList(page);
  await list.open(workspace.slug);
  await list.import("sends-then-fails.workflow.json", sendsThenFails(workspace.url));
  const builder = new Builder(page);
  await expect(builder.node("Record it")).toBeVisible();
  const first = await builder.press("Run");
  await first.getByRole("button", { name: "Publish and run" }).click();
  await expect(builder.state("Record it", "Failed")).toBeVisible();
  for (let n = 0; n < 2; n += 1) {
    await builder.run();
    await expect(builder.state("Record it", "Failed")).toBeVisible();
  }
  await page.getByRole("link", { name: "Board" }).click();
  await expect(new Board(page).card(title, "failed")).toHaveCount(3);

  await page.getByRole("button", { name: /^Failed: / }).click();
  await page.getByRole("button", { name: "Act on all of these runs" }).click();
  const dialog = page.getByRole("dialog", { name: "Act on many runs" });
  await expect(dialog.getByRole("button", { name: "Retry 3 runs" })).toBeEnabled();
  await dialog.getByRole("radio", { name: "Cancel" }).click();
  await expect(dialog).toContainText("None of them can be cancelled.");
  await dialog.getByRole("radio", { name: "Retry" }).click();
  await dialog.getByRole("switch", { name: "Try a few first" }).click();
  await dialog.getByRole("button", { name: "Retry 3 runs" }).click();
  const operation = page.getByRole("region", { name: "Operation" });
  // One run first; it fails as before, so the other two are left as they are.
  await expect(operation).toContainText("Retried 1 of 3 runs, then stopped");
  await expect(operation).toContainText(`"${title}" failed again with`);
  await operation.getByRole("button", { name: "Dismiss" }).click();
  await expect(operation).toHaveCount(0);
});

test("a retry that would repeat what must not happen twice asks first", async ({ page, workspace }) => {
  const board = new Board(page);
  await board.open(workspace.slug);
  await board.card(title, "failed").first().click();
  const run = new RunPage(page);
  await expect(run.status("Failed")).toBeVisible();
  await page.getByRole("button", { name: "Retry with choices" }).click();
  await page.getByRole("menuitem", { name: /Choose mode/ }).click();
  const sheet = page.getByRole("dialog", { name: "Retry" });
  await sheet.getByRole("radio", { name: "Restart" }).click();
  await expect(sheet.getByText("doing it twice would be seen")).toBeVisible();
  await expect(sheet.getByRole("button", { name: "Retry", exact: true })).toBeDisabled();
  await sheet.getByRole("button", { name: "Treat as done" }).click();
  await expect(sheet.getByText("treated as done")).toBeVisible();
  await sheet.getByRole("button", { name: "Undo" }).click();
  await sheet.getByRole("button", { name: "Do it again" }).click();
  await expect(sheet.getByRole("button", { name: "Retry", exact: true })).toBeEnabled();
  await sheet.getByRole("combobox", { name: "Version" }).click();
  await page.getByRole("option", { name: "The draft, as it is now" }).click();
  await expect(sheet.getByText("in a new run of version")).toBeVisible();
});
