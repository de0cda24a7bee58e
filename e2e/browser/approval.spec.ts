// A run works through a list, stops for a person's word, and goes on with it.
import { expect, test } from "./product.ts";
import { Approvals } from "./pages/approvals.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";

test("a batch waits for approval, and its result is kept once somebody approves", async ({
  page,
  workspace,
}) => {
  const builder = new Builder(page);
  await builder.open(workspace.slug, "batch-with-approval");
  await builder.run();
  await expect(builder.node("For each topic")).toContainText("4/4");
  await expect(builder.runStrip).toContainText("Waiting");
  await builder.runStrip.getByRole("button", { name: "Open run page" }).click();

  const run = new RunPage(page);
  await expect(run.row("For each topic", "Succeeded")).toContainText("4/4");
  await expect(run.step.getByRole("heading", { name: "Publish these lines?" })).toBeVisible();

  await page.getByRole("link", { name: /^Approvals\b.*\b1 open$/ }).click();
  const approvals = new Approvals(page);
  await expect(approvals.list.getByRole("button")).toHaveCount(1);
  await expect(approvals.detail.getByRole("heading", { name: "Publish 4 lines?" })).toBeVisible();
  await expect(
    approvals.detail.getByText("Each line was written by the model named on its step."),
  ).toBeVisible();
  await approvals.decide("Approve", "Good enough to print");
  await expect(page.getByRole("heading", { name: "Nobody is waiting for you" })).toBeVisible();

  await page.getByRole("radio", { name: "Decided" }).click();
  await expect(approvals.detail).toContainText("Good enough to print");
  await approvals.detail.getByRole("link", { name: "Open the run" }).click();
  await expect(run.status("Succeeded")).toBeVisible();
  await expect(run.row("Note the refusal", "Skipped")).toBeVisible();

  const artifacts = await run.part(/^Artifacts/);
  const changelog = artifacts.getByRole("article", { name: "Changelog" });
  for (const topic of ["retries", "lanes", "approvals", "proofs"]) {
    await expect(
      changelog.getByRole("listitem").filter({ hasText: `a changelog about ${topic}.` }),
    ).toHaveCount(1);
  }
});
