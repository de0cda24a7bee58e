// A run fails on purpose after two attempts; the person sees why, presses Retry, and the same run succeeds.
import { expect, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";

const title = "Flaky API, retries used up";

test("a failed run opens at its failed step, is retried with one click and succeeds", async ({
  page,
  workspace,
}) => {
  const list = new WorkflowList(page);
  await list.open(workspace.slug);
  await list.link(title).click();
  const builder = new Builder(page);
  await builder.run();
  await expect(builder.state("Call the flaky API", "Failed")).toBeVisible();
  await expect(builder.state("Prepare", "Succeeded")).toBeVisible();

  const board = new Board(page);
  await page.getByRole("link", { name: "Board" }).click();
  await expect(board.card(title, "failed")).toContainText("The server answered 503");
  await board.card(title, "failed").click();

  const run = new RunPage(page);
  await expect(run.title).toHaveText(title);
  await expect(run.status("Failed")).toBeVisible();
  await expect(run.step.getByRole("heading", { name: "Call the flaky API" })).toBeVisible();
  await expect(run.step.getByRole("tab", { selected: true })).toHaveText("Error");
  await expect(run.step.getByRole("alert")).toContainText("The server answered 503");
  await expect(run.step).toContainText("try 2 of 2");
  await expect(run.row("Prepare", "Succeeded")).toBeVisible();
  await expect(run.row("Keep the answer", "Cancelled")).toBeVisible();

  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(run.status("Succeeded")).toBeVisible();
  await expect(page.getByText("resumed once")).toBeVisible();
  await expect(run.row("Keep the answer", "Succeeded")).toBeVisible();

  await run.row("Call the flaky API", "Succeeded").click();
  await expect(run.step.getByRole("heading", { name: "Call the flaky API" })).toBeVisible();
  const attempts = await run.stepPart(/^Attempts/);
  await expect(attempts.getByText("The server answered 503", { exact: false })).toHaveCount(3);
  await expect(run.step.getByRole("tab", { name: "Attempts 4" })).toBeVisible();

  await page.reload();
  await expect(run.status("Succeeded")).toBeVisible();
  await expect(page.getByText("resumed once")).toBeVisible();
});
