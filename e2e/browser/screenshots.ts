// Makes the README's pictures from the running product: `npm run screenshots`.
import { mkdirSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { chromiumArgs, findChromium } from "./chromium.ts";
import { Builder } from "./pages/builder.ts";
import { Board } from "./pages/board.ts";
import { Entry } from "./pages/entry.ts";
import { RunPage } from "./pages/run-page.ts";
import { signInCrew } from "./picture-runs.ts";
import { startProduct } from "./stack.ts";

const folder = "docs/images";
const owner = { email: "owner@example.com", password: "correct horse battery" };

/** Takes the picture with nothing hovered and nothing still moving in. */
async function picture(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(600);
  await page.screenshot({ path: `${folder}/${name}.png` });
}

mkdirSync(folder, { recursive: true });
const stack = await startProduct();
const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArgs });
try {
  const context = await browser.newContext({
    baseURL: stack.url,
    viewport: { width: 1560, height: 820 },
    colorScheme: "light",
  });
  const page = await context.newPage();
  await page.goto("/");
  await new Entry(page).createOwner(owner.email, owner.password);
  await page.waitForURL(/\/w\/[^/]+\/workflows/);
  const workspace = /\/w\/([^/]+)\//.exec(page.url())?.[1] ?? "";
  const crew = await signInCrew(stack.url, owner.email, owner.password);
  const check = (status: number) => ({ url: `${stack.url}/functions/v1/practice/status/${status}` });

  const failed = await crew.run("flaky-api-exhausted", "B", { times: 5 });
  await crew.settle(failed, "failed");
  const run = new RunPage(page);
  await run.open(workspace, failed);
  await run.step.getByRole("alert").waitFor();
  await page.getByRole("region", { name: "Canvas of this run" }).getByText("Prepare").waitFor();
  await run.step.getByText("What it was given").waitFor();
  await picture(page, "run-failed");

  const topics = ["retries", "lanes", "approvals", "proofs"];
  const asked = await crew.run("batch-with-approval", "A", { topics }, "Changelog of November");
  await crew.settle(asked, "waiting");
  await page.goto(`/w/${workspace}/workflows/batch-with-approval?run=${asked}`);
  const builder = new Builder(page);
  await builder.state("Publish these lines?", "Waiting for approval").waitFor();
  await builder.node("Publish these lines?").click();
  await builder.inspector.getByText("Waiting for approval").waitFor();
  await picture(page, "builder");

  const asking = await crew.run("batch-with-approval", "A", { topics: topics.slice(0, 2) }, "Notes for 1.4");
  const done = [
    await crew.run("site-check", "A", check(200), "Is the shop up?"),
    await crew.run("mcp-tour", "D", {}),
    await crew.run("flaky-api", "B", { times: 2 }),
    await crew.run("site-check", "B", check(503), "Is the status page up?"),
    await crew.run("site-check", "D", check(200)),
  ];
  const stopped = await crew.run(
    "nightly-totals",
    "D",
    { day: "2026-11-12" },
    "Totals of 12 November, again",
  );
  for (const one of done) await crew.settle(one, "succeeded");
  await crew.settle(asking, "waiting");
  await crew.cancel(stopped);
  await crew.settle(stopped, "cancelled");
  for (const day of [16, 17, 18, 19]) {
    await crew.run("nightly-totals", "C", { day: `2026-11-${day}` }, `Totals of ${day} November`);
  }
  const tickets = (count: number) => ({
    tickets: Array.from({ length: count }, (_, n) => `Ticket ${n + 1}`),
  });
  await page.emulateMedia({ colorScheme: "dark" });
  const board = new Board(page);
  await board.open(workspace);
  await crew.run("ticket-digest", "A", tickets(2_500), "Support tickets of the year");
  await crew.run("ticket-digest", "B", tickets(1_500), "Sales tickets of the year");
  // Both are seen under way, neither at its start.
  await board
    .card("Sales tickets of the year", "running")
    .getByText(/^[3-9]\d %$/)
    .waitFor();
  await picture(page, "board-dark");
} finally {
  await browser.close();
  await stack.stop();
}
