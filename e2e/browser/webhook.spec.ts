// A webhook from the palette to its first delivery, and a schedule that says when it comes next.
import { AxeBuilder } from "@axe-core/playwright";
import { Builder } from "./pages/builder.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { expect, test } from "./product.ts";

test("a webhook gets its address when it is published, and shows what was delivered", async ({
  page,
  workspace,
}) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  await page.goto(`/w/${workspace.slug}/workflows`);
  await list.create("Orders");
  await builder.node("Manual trigger").click();
  await page.keyboard.press("Delete");
  await builder.drop("Webhook", { x: 180, y: 160 });
  await builder.drop("Transform", { x: 520, y: 160 });
  await builder.draw(builder.output("Webhook", "input"), builder.input("Transform", "runs after"));

  await test.step("the trigger says what is missing", async () => {
    await builder.canvas.click({ position: { x: 500, y: 640 } });
    await builder.inspector.getByRole("button", { name: "Add field" }).click();
    await builder.inspector.getByLabel("Name of field 1 of Input").fill("order");
    await builder.inspector.getByLabel("Name of field 1 of Input").press("Tab");
    await builder.node("Webhook").click();
    const live = builder.inspector.getByRole("region", { name: "Live trigger" });
    await expect(live).toContainText("Publish the workflow to get the address of this webhook.");
    await builder.tab(/^Input/);
    await expect(builder.inspector).toContainText(
      "A field left empty takes the one of the same name in event.body.",
    );
    await expect(builder.inspector.getByRole("treeitem", { name: /headers/ }).first()).toBeVisible();
    await builder.tab(/^Settings/);
  });

  const address = await test.step("published, it has an address", async () => {
    await expect(builder.saveState).toHaveText(/Saved \d\d:\d\d$/);
    const dialog = await builder.press("Publish");
    await dialog.getByRole("button", { name: "Publish", exact: true }).click();
    await expect(page.getByText("Version 1 is live")).toBeVisible();
    await builder.node("Webhook").click();
    const shown = builder.inspector.getByTestId("hook-address");
    await expect(shown).toHaveText(/\/functions\/v1\/hooks\/[0-9a-f]{48}$/);
    await expect(builder.inspector).toContainText("Not signed: whoever knows the address may start this");
    return (await shown.textContent()) ?? "";
  });

  await test.step("a delivery starts a run and is listed", async () => {
    const answer = await page.request.post(address, {
      data: { order: "a7" },
      headers: { "webhook-id": "first" },
    });
    expect(answer.status()).toBe(202);
    await page.request.post(address, { data: { order: "a7" }, headers: { "webhook-id": "first" } });
    const deliveries = builder.inspector.getByRole("list", { name: "Last deliveries" });
    await expect(deliveries.getByRole("listitem")).toHaveCount(1);
    await expect(deliveries).toContainText("Started a run");
    const found = await new AxeBuilder({ page }).include("[aria-label='Inspector']").analyze();
    expect(found.violations.map(({ id }) => id)).toEqual([]);
  });

  await test.step("switched off, it refuses", async () => {
    await builder.inspector.getByRole("switch", { name: "Takes deliveries" }).click();
    await expect(builder.inspector.getByText("Refuses deliveries")).toBeVisible();
    expect((await page.request.post(address, { data: {} })).status()).toBe(404);
    await builder.inspector.getByRole("switch", { name: "Refuses deliveries" }).click();
    await expect(builder.inspector.getByText("Takes deliveries")).toBeVisible();
  });

  await test.step("the list of workflows says what starts it, and the delivery leads to its run", async () => {
    await builder.inspector.getByRole("button", { name: "Started a run" }).click();
    await expect(page).toHaveURL(/\/runs\//);
    await expect(page.getByText("Started by a webhook")).toBeVisible();
    await page.goto(`/w/${workspace.slug}/workflows`);
    await expect(list.row("Orders")).toContainText("Webhook");
  });
});

test("a schedule shows its next three times, and says when it never comes", async ({ page, workspace }) => {
  const list = new WorkflowList(page);
  const builder = new Builder(page);
  await page.goto(`/w/${workspace.slug}/workflows`);
  await list.create("Nightly");
  await builder.drop("Schedule", { x: 520, y: 160 });
  await builder.node("Schedule").click();
  const times = builder.inspector.getByRole("list", { name: "Next times" });
  await expect(times.getByRole("listitem")).toHaveCount(3);
  await builder.inspector.getByLabel("Cron").fill("0 0 30 2 *");
  await expect(builder.inspector).toContainText("This schedule never comes round");
  await builder.inspector.getByLabel("Cron").fill("90 * * * *");
  await expect(builder.problems).toHaveAccessibleName("Problems: 1 error");
  await builder.inspector.getByLabel("Cron").fill("*/5 * * * *");
  await builder.inspector.getByLabel("Time zone").fill("Europe/Berlin");
  await expect(times.getByRole("listitem")).toHaveCount(3);
  await expect(builder.problems).toHaveAccessibleName("Problems: 1 warning");
  await expect(builder.saveState).toHaveText(/Saved \d\d:\d\d$/);
  const dialog = await builder.press("Publish");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Version 1 is live")).toBeVisible();
  await page.goto(`/w/${workspace.slug}/workflows`);
  await expect(list.row("Nightly")).toContainText(/Next in \d/);
});
