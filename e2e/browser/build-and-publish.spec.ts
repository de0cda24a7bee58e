// From nothing to a finished run: first-run page, workspace, a workflow drawn by hand, published, run and watched.
import { expect, samples, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { Entry } from "./pages/entry.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { startProduct, type RunningStack } from "./stack.ts";

let fresh: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  fresh = await startProduct();
});
test.afterAll(() => fresh.stop());

test("a first visitor makes an account, draws a workflow, publishes it and watches it run", async ({
  browser,
  console,
}) => {
  const context = await browser.newContext({ baseURL: fresh.url });
  console.watch(context);
  const page = await context.newPage();
  await page.goto("/");
  await expect(page).toHaveURL(/\/welcome$/);
  await expect(page.getByRole("heading", { name: "Welcome to Runboard" })).toBeVisible();

  const list = new WorkflowList(page);
  const builder = new Builder(page);

  await test.step("the samples are installed and published", async () => {
    await new Entry(page).createOwner("ana@example.com", "correct horse battery");
    await expect(page.getByRole("heading", { name: "Workflows" })).toBeVisible();
    for (const title of samples) await expect(list.row(title)).toContainText("v1");
  });

  await test.step("three nodes are dragged out of the palette", async () => {
    await list.create("Greeting");
    await expect(builder.node("Manual trigger")).toBeVisible();
    await builder.drop("Transform", { x: 180, y: 160 });
    await builder.drop("Wait", { x: 520, y: 160 });
    await builder.drop("Artifact", { x: 200, y: 640 });
    await expect(builder.nodes).toHaveCount(4);
  });

  await test.step("wires are drawn between ports, and one that does not fit is refused with the reason", async () => {
    await builder.draw(builder.output("Manual trigger", "input"), builder.input("Transform", "runs after"));
    await expect(builder.wire("Manual trigger", "Transform")).toBeVisible();
    await builder.draw(builder.output("Transform", "value"), builder.input("Wait", "runs after"));
    await expect(builder.wire("Transform", "Wait")).toBeVisible();
    await builder.draw(builder.output("Wait", "then"), builder.input("Artifact", "runs after"));
    await expect(builder.wire("Wait", "Artifact")).toBeVisible();

    await builder.draw(builder.output("Transform", "value"), builder.input("Artifact", "Title"));
    await expect(builder.canvas.getByText("an object does not fit text")).toBeVisible();
    await expect(builder.wires).toHaveCount(3);

    await builder.draw(builder.output("Transform", "value"), builder.input("Artifact", "Content"));
    await expect(builder.wire("Transform", "Artifact")).toBeVisible();
  });

  await test.step("the inspector fills in what is missing", async () => {
    await expect(builder.problems).toHaveAccessibleName("Problems: 1 error");
    await builder.canvas.click({ position: { x: 500, y: 640 } });
    await builder.inspector.getByRole("button", { name: "Add field" }).click();
    await builder.inspector.getByLabel("Name of field 1 of Input").fill("name");
    await builder.inspector.getByLabel("Name of field 1 of Input").press("Tab");
    await builder.inspector.getByRole("checkbox", { name: "name is required" }).click();

    await builder.node("Transform").click();
    await builder.inspector.getByRole("button", { name: "Add field" }).click();
    await builder.inspector.getByLabel("Name of field").fill("greeting");
    await page.keyboard.press("Tab");
    await builder.write("greeting", "Hello {{ input.name }}");

    await builder.node("Wait").click();
    await builder.inspector.getByRole("spinbutton", { name: /^For/ }).fill("3");
    await expect(builder.node("Wait")).toContainText("3 s");

    await builder.node("Artifact").click();
    await builder.tab(/^Inputs/);
    await builder.write("Title", "{{ steps.transform.output.value.greeting }}");
    await expect(builder.problems).toHaveAccessibleName("Problems: No problems");
  });

  await test.step("undo and redo take the last edit back and forth", async () => {
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(builder.problems).toHaveAccessibleName("Problems: 1 error");
    await page.getByRole("button", { name: "Redo" }).click();
    await expect(builder.problems).toHaveAccessibleName("Problems: No problems");
  });

  await test.step("everything is saved by itself and survives a reload", async () => {
    await expect(builder.saveState).toHaveText(/Saved \d\d:\d\d$/);
    await page.reload();
    await expect(builder.nodes).toHaveCount(4);
    await expect(builder.wires).toHaveCount(4);
    await expect(builder.problems).toHaveAccessibleName("Problems: No problems");
    await builder.node("Artifact").click();
    await builder.tab(/^Inputs/);
    await expect(builder.field("Title")).toHaveValue("{{ steps.transform.output.value.greeting }}");
  });

  await test.step("it is published", async () => {
    const dialog = await builder.press("Publish");
    await expect(dialog.getByRole("heading", { name: "Publish Greeting" })).toBeVisible();
    await dialog.getByLabel(/^Name of the version/).fill("First");
    await dialog.getByRole("button", { name: "Publish", exact: true }).click();
    await expect(page.getByText("Version 1 is live")).toBeVisible();
    await expect(page.getByTitle("Version 1 is live")).toHaveText("v1");
  });

  const board = new Board(await context.newPage());
  await board.open("my-workspace");

  await test.step("a run shows on the canvas and moves in its lane", async () => {
    const dialog = await builder.press("Run");
    await dialog.getByLabel("name").fill("Ana");
    await dialog.getByRole("button", { name: "Run", exact: true }).click();
    const card = board.lane("Interactive").getByRole("article");
    await expect(builder.state("Wait", "Waiting for a timer")).toBeVisible();
    await expect(card).toHaveAccessibleName("Greeting, waiting");
    await expect(builder.state("Transform", "Succeeded")).toBeVisible();
    await expect(builder.state("Wait", "Succeeded")).toBeVisible();
    await expect(builder.state("Artifact", "Succeeded")).toBeVisible();
    await expect(builder.runStrip).toContainText("Succeeded");
    await expect(card).toHaveAccessibleName("Greeting, succeeded");
  });

  await test.step("what it made can be read", async () => {
    await builder.runStrip.getByRole("button", { name: "Open run page" }).click();
    const run = new RunPage(page);
    const artifacts = await run.part(/^Artifacts/);
    await expect(artifacts.getByRole("article", { name: "Hello Ana" })).toBeVisible();
  });
  await context.close();
});
