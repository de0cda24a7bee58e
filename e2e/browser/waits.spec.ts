// One run through every wait a person meets: it says for what it waits, and each is answered where it waits.
import { expect, test } from "./product.ts";
import { Approvals } from "./pages/approvals.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";

test("a run waits for a pause, a form, an approval, a signal and a decision, and undoes its steps when cancelled", async ({
  page,
  workspace,
}) => {
  test.setTimeout(180_000);
  const slow = { timeout: 60_000 };
  const builder = new Builder(page);
  await builder.open(workspace.slug, "waits");
  await builder.run();
  await builder.runStrip.getByRole("button", { name: "Open run page" }).click();
  const run = new RunPage(page);
  await expect(run.row("Until it is packed", "Succeeded")).toContainText("turn 3", slow);

  await test.step("the form is filled in where the step waits, and says what is missing", async () => {
    const form = run.step.getByRole("region", { name: "Form: Delivery address of order 7" });
    await expect(form.getByLabel("City")).toHaveValue("Springfield", slow);
    await form.getByRole("button", { name: "Send in" }).click();
    await expect(form.getByText("This is required, and it is missing")).toBeVisible();
    await form.getByLabel("Street and number").fill("Main Street 1");
    await form.getByRole("button", { name: "Send in" }).click();
    await expect(run.row("Where to?", "Succeeded")).toBeVisible();
  });

  await test.step("the approval is decided on the approvals page, where the form is kept", async () => {
    const address = page.url();
    const approvals = new Approvals(page);
    await approvals.open(workspace.slug);
    // Others may be open, and the page shows the first it finds until one is chosen.
    await approvals.list.getByRole("button", { name: /Send order 7 to Springfield/ }).click(slow);
    await approvals.detail.getByRole("heading", { name: "Send order 7 to Springfield?" }).waitFor(slow);
    await approvals.decide("Approve", "");
    await page.getByRole("radio", { name: "Decided" }).click();
    await approvals.list.getByRole("button", { name: /Delivery address of order 7/ }).click();
    await expect(approvals.detail).toContainText("Main Street 1");
    await page.goto(address);
  });

  await test.step("a signal with other values is kept, the right one is taken", async () => {
    const signal = run.step.getByRole("region", { name: "Signal: payment.received" });
    await signal.getByRole("button", { name: "Send the signal" }).click(slow);
    await expect(page.getByText("Signal payment.received kept")).toBeVisible();
    await signal.getByLabel("What it brings").first().click();
    await signal.locator(".monaco-editor.focused").waitFor();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText('{ "order": 7 }');
    await signal.getByRole("button", { name: "Send the signal" }).click();
    await expect(run.row("Until it is paid", "Succeeded")).toBeVisible();
  });

  await test.step("an unclear outcome is asked for, and cancelling undoes what was reserved", async () => {
    await expect(run.step.getByRole("heading", { name: "Did this happen?" })).toBeVisible(slow);
    await page.getByRole("button", { name: "Cancel run" }).click();
    await expect(run.status("Cancelled")).toBeVisible();
    await expect(run.row("Undo: Reserve the goods", "Succeeded")).toBeVisible();
    await expect(page.getByText("1 step undone")).toBeVisible();
  });
});
