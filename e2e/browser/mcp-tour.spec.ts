// The sample that calls three tools of an MCP server side by side.
import { expect, test } from "./product.ts";
import { Builder } from "./pages/builder.ts";
import { RunPage } from "./pages/run-page.ts";

test("three tools of an MCP server answer, and their answers are kept together", async ({
  page,
  workspace,
}) => {
  const builder = new Builder(page);
  await builder.open(workspace.slug, "mcp-tour");
  await builder.run();
  for (const step of ["Add two numbers", "Echo a text", "List the items", "Together", "Keep the answers"]) {
    await expect(builder.state(step, "Succeeded")).toBeVisible();
  }
  await builder.runStrip.getByRole("button", { name: "Open run page" }).click();

  const run = new RunPage(page);
  await run.row("Add two numbers", "Succeeded").click();
  await expect(await run.stepPart(/^Output/)).toContainText("42");
  await expect(await run.stepPart(/^Calls/)).toContainText("practice · add");
  await run.row("Echo a text", "Succeeded").click();
  await expect(await run.stepPart(/^Output/)).toContainText("hello");
  await run.row("List the items", "Succeeded").click();
  await expect(await run.stepPart(/^Calls/)).toContainText("practice · list_items");

  const artifacts = await run.part(/^Artifacts/);
  await expect(artifacts.getByRole("article", { name: "What the tools said" })).toBeVisible();
});
