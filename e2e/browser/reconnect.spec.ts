// What is seen survives a reload, a lost connection and a second browser: the events are the record, the socket only rings.
import { expect, test } from "./product.ts";
import { Board } from "./pages/board.ts";
import { Builder } from "./pages/builder.ts";
import { Entry } from "./pages/entry.ts";
import { ownLine } from "./pages/line.ts";
import { RunPage } from "./pages/run-page.ts";
import { WorkflowList } from "./pages/workflow-list.ts";
import { nap } from "./workflow-files.ts";

const title = "Nap";

/** Starts a workflow that waits for five seconds, and comes back once it does. */
async function startNap(builder: Builder, workspace: string): Promise<void> {
  await builder.open(workspace, "nap");
  await builder.run();
  await expect(builder.state("Sleep on it", "Waiting for a timer")).toBeVisible();
}

test.beforeAll(async ({ workspace }) => {
  const context = await workspace.signedIn();
  const list = new WorkflowList(await context.newPage());
  await list.open(workspace.slug);
  await list.import("nap.workflow.json", nap);
  const builder = new Builder(list.page);
  await (await builder.press("Publish")).getByRole("button", { name: "Publish", exact: true }).click();
  await expect(list.page.getByText("Version 1 is live")).toBeVisible();
  await context.close();
});

/** The numbers of all events of the run on screen, in the order they are listed. */
async function listedSeqs(run: RunPage): Promise<number[]> {
  await run.part(/^Events/);
  const rows = run.page.getByRole("log", { name: "Events" }).locator("span:first-child.font-mono");
  return (await rows.allTextContents()).map(Number);
}

test("a reload in the middle of a run loses nothing", async ({ page, workspace }) => {
  const builder = new Builder(page);
  await startNap(builder, workspace.slug);
  await page.reload();
  await expect(builder.state("Sleep on it", "Waiting for a timer")).toBeVisible();
  await expect(builder.state("Wake up", "Succeeded")).toBeVisible();
  await expect(builder.runStrip).toContainText("Succeeded");

  await builder.runStrip.getByRole("button", { name: "Open run page" }).click();
  const run = new RunPage(page);
  await expect(run.status("Succeeded")).toBeVisible();
  const seqs = await listedSeqs(run);
  expect(seqs.length).toBeGreaterThan(5);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  await page.reload();
  await expect(run.status("Succeeded")).toBeVisible();
  await run.part(/^Events/);
  await expect(page.getByText(`${seqs.length} events`)).toBeVisible();
});

test("a lost connection is shown, made again, and what happened meanwhile is caught up", async ({
  page,
  workspace,
  context,
  console,
}) => {
  const line = await ownLine(page);
  const board = new Board(page);
  await board.open(workspace.slug);
  const feed = page
    .getByRole("main")
    .getByRole("status")
    .filter({ hasText: /Live|Offline|Caught up|Catching up/ });
  await expect(feed).toHaveText("Live");

  console.allow(/WebSocket/);
  await line.cut();
  await expect(feed).toHaveText("Offline");

  const other = await context.newPage();
  await startNap(new Builder(other), workspace.slug);
  await expect(new Builder(other).runStrip).toContainText("Succeeded");
  await other.close();

  line.mend();
  await expect(feed).toHaveText(/^Caught up \d+ events?$/);
  await expect(board.card(title, "succeeded").first()).toBeVisible();
  await expect(feed).toHaveText("Live");
});

test("two tabs and another member see the same run end the same way", async ({
  page,
  workspace,
  context,
  browser,
  console,
}) => {
  const tab = new Board(await context.newPage());
  await tab.open(workspace.slug);

  const elsewhere = await browser.newContext({ baseURL: workspace.url });
  console.watch(elsewhere);
  const far = new RunPage(await elsewhere.newPage());
  await new Entry(far.page).signUp("ben@example.com", "another good password");
  await page.goto(`/w/${workspace.slug}/settings`);
  await page.getByLabel("Add a member by e-mail").fill("ben@example.com");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("table", { name: "Members" })).toContainText("ben@example.com");

  const builder = new Builder(page);
  await startNap(builder, workspace.slug);
  const id = new URL(page.url()).searchParams.get("run") ?? "";
  await far.open(workspace.slug, id);
  await expect(far.row("Sleep on it", "Waiting for a timer")).toBeVisible();

  await expect(builder.runStrip).toContainText("Succeeded");
  await expect(tab.page.locator(`[data-run="${id}"]`)).toHaveAccessibleName("Nap, succeeded");
  await expect(far.status("Succeeded")).toBeVisible();
  await expect(far.row("Wake up", "Succeeded")).toBeVisible();
  await elsewhere.close();
});

test("a page opened while the database is away comes back by itself", async ({
  page,
  workspace,
  console,
}) => {
  console.allow(/503|The database does not answer/);
  await page.route("**/rest/v1/**", (route) =>
    route.fulfill({
      status: 503,
      json: { code: "PGRST001", message: "The database does not answer.", details: null, hint: null },
    }),
  );
  await page.goto(`/w/${workspace.slug}/board`);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The database does not answer.");
  await expect(alert).toContainText("tries again by itself");
  await page.unroute("**/rest/v1/**");
  await expect(page.getByRole("heading", { name: "Board" })).toBeVisible();
});
