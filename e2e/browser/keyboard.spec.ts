// Everything from the list of workflows to a retried run, without a pointer.
import { expect, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { tabTo } from "./pages/keys.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";

const title = "Flaky API, retries used up";

test("a workflow is opened, run, found on the board and retried with keys alone", async ({
  page,
  workspace,
}) => {
  const list = new WorkflowList(page);
  await list.open(workspace.slug);
  await expect(list.link(title)).toBeVisible();

  await test.step("skip the sidebar, filter, open", async () => {
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("searchbox", { name: "Filter workflows" }));
    await page.keyboard.type("retries used");
    await expect(list.link("MCP tour")).toHaveCount(0);
    await tabTo(page, list.link(title));
    await page.keyboard.press("Enter");
  });

  const builder = new Builder(page);
  await test.step("run it", async () => {
    await expect(builder.node("Call the flaky API")).toBeVisible();
    await page.keyboard.press("Control+Enter");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("heading", { name: `Run ${title}` })).toBeVisible();
    await tabTo(page, dialog.getByRole("button", { name: "Run", exact: true }));
    await page.keyboard.press("Enter");
    await expect(builder.state("Call the flaky API", "Failed")).toBeVisible();
  });

  const board = new Board(page);
  const run = new RunPage(page);
  await test.step("go to the board with the command palette, walk to the card and open it", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("Board");
    await page.keyboard.press("Enter");
    await expect(board.card(title, "failed")).toBeVisible();
    // Other tests leave cards on the same board.
    await expect(async () => {
      await page.keyboard.press("j");
      await expect(board.card(title, "failed")).toBeFocused({ timeout: 500 });
    }).toPass();
    await page.keyboard.press("Enter");
    await expect(run.title).toHaveText(title);
  });

  await test.step("walk the steps and retry", async () => {
    await expect(run.step.getByRole("heading", { name: "Call the flaky API" })).toBeVisible();
    await page.keyboard.press("ArrowUp");
    await expect(run.step.getByRole("heading", { name: "Prepare" })).toBeVisible();
    await page.keyboard.press("r");
    await expect(run.status("Succeeded")).toBeVisible();
  });
});
