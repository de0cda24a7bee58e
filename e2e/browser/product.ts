// oxlint-disable no-empty-pattern -- the test runner reads from the pattern which fixtures are wanted
// The product as a person meets it: running, with an owner who is signed in and a workspace full of samples.
import { expect, test as base, type Browser, type BrowserContext } from "@playwright/test";
import { startProduct, type RunningStack } from "./stack.ts";
import { watchConsole, type ConsoleWatch } from "./console-watch.ts";
import { Entry } from "./pages/entry.ts";

export { expect };

export const owner = { email: "ana@example.com", password: "correct horse battery" };

/** Every sample a new workspace begins with. */
export const samples = [
  "Batch with approval",
  "Every kind of wait",
  "Flaky API",
  "Flaky API, retries used up",
  "MCP tour",
  "One at a time, within a budget",
  "Site check",
];

interface Workspace {
  url: string;
  slug: string;
  log: () => string;
  /** A further browser with the same account, as on another machine. */
  signedIn: () => Promise<BrowserContext>;
}

interface PerTest {
  /** What the pages said to the console; a test that leaves anything unexpected there fails. */
  console: ConsoleWatch;
}

interface PerFile {
  product: RunningStack;
  workspace: Workspace;
}

async function installed(browser: Browser, url: string): Promise<{ slug: string; state: State }> {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await page.goto("/");
  await new Entry(page).createOwner(owner.email, owner.password);
  await page.waitForURL(/\/w\/[^/]+\/workflows/);
  const slug = /\/w\/([^/]+)\//.exec(page.url())?.[1] ?? "";
  const state = await context.storageState();
  await context.close();
  return { slug, state };
}

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

/**
 * `product` runs once for the specs of one worker. `workspace` adds the owner, made through the first-run page, and signs every
 * `page` in; a spec that does not ask for it starts where nobody has an account.
 */
export const test = base.extend<PerTest, PerFile>({
  product: [
    async ({}, use) => {
      const product = await startProduct();
      await use(product);
      await product.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  workspace: [
    async ({ product, browser }, use) => {
      const { slug, state } = await installed(browser, product.url);
      const signedIn = () => browser.newContext({ baseURL: product.url, storageState: state });
      await use({ url: product.url, slug, log: product.log, signedIn });
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ product }, use) => use(product.url),
  context: async ({ workspace, console }, use) => {
    const context = await workspace.signedIn();
    console.watch(context);
    await use(context);
    await context.close();
  },
  console: async ({}, use) => {
    const watch = watchConsole();
    await use(watch);
    expect(watch.unexpected()).toEqual([]);
  },
});
