// Makes the README's pictures from the running product: `npm run screenshots`.
import { mkdirSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { chromiumArgs, findChromium } from "./chromium.ts";
import { startProduct } from "./stack.ts";

const folder = "docs/images";
mkdirSync(folder, { recursive: true });

async function signUp(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/welcome`);
  await page.getByLabel("E-mail").fill("owner@example.com");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account and open" }).click();
  await page.getByText("Everything is ready").waitFor();
  await page
    .getByRole("button", { name: "Open the workspace" })
    .or(page.getByRole("link", { name: "Open the workspace" }))
    .click();
}

/** Opens a workflow, starts a run with the form's defaults and waits until the strip shows the status. */
async function runSample(page: Page, title: string, until: string): Promise<void> {
  await page.getByRole("link", { name: "Workflows" }).first().click();
  await page.getByRole("link", { name: title, exact: false }).first().click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Run/ }).click();
  await page.getByText(until).first().waitFor({ timeout: 60_000 });
}

const stack = await startProduct();
const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArgs });
try {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: "light",
  });
  const page = await context.newPage();
  await signUp(page, stack.url);
  await runSample(page, "Flaky API, retries used up", "Failed");
  await page.getByText("Open run page").click();
  await page.getByText("What happened").or(page.getByText("503")).first().waitFor();
  await page.screenshot({ path: `${folder}/run-failed.png` });
  await runSample(page, "Batch with approval", "Waiting");
  await runSample(page, "MCP tour", "Succeeded");
  await runSample(page, "Site check", "Succeeded");
  await page.mouse.move(900, 700);
  await page.screenshot({ path: `${folder}/builder.png` });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("link", { name: "Board" }).first().click();
  await page.getByText("Batch with approval").first().waitFor();
  await page.screenshot({ path: `${folder}/board-dark.png` });
} finally {
  await browser.close();
  await stack.stop();
}
