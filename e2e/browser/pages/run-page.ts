import type { Locator, Page } from "@playwright/test";

export class RunPage {
  readonly title: Locator;
  readonly step: Locator;
  readonly timeline: Locator;

  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.title = page.getByRole("heading", { level: 1 });
    this.step = page.getByRole("region", { name: /^Step / });
    this.timeline = page.getByRole("tree", { name: "Timeline" });
  }

  async open(workspace: string, run: string): Promise<void> {
    await this.page.goto(`/w/${workspace}/runs/${run}`);
  }

  /** The row of a step in the timeline, named with its status. */
  row(step: string, status: string): Locator {
    return this.timeline.getByRole("treeitem", { name: `${step}, ${status}` });
  }

  async part(name: RegExp): Promise<Locator> {
    await this.page.getByRole("tablist", { name: "Parts of the run" }).getByRole("tab", { name }).click();
    return this.page.getByRole("main");
  }

  /** A page of the step panel: Error, Output, Input, Attempts, Calls and so on. */
  async stepPart(name: RegExp): Promise<Locator> {
    await this.step.getByRole("tab", { name }).click();
    return this.step.getByRole("tabpanel");
  }

  status(label: string): Locator {
    return this.page.getByRole("main").getByText(label, { exact: true }).first();
  }
}
