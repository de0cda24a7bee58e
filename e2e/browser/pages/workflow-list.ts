import type { Locator, Page } from "@playwright/test";

export class WorkflowList {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(workspace: string): Promise<void> {
    await this.page.goto(`/w/${workspace}/workflows`);
  }

  link(title: string): Locator {
    return this.page.getByRole("link", { name: title, exact: true });
  }

  row(title: string): Locator {
    return this.page.getByRole("row").filter({ has: this.link(title) });
  }

  /** Leaves the builder open on the new workflow. */
  async create(title: string): Promise<void> {
    await this.page.getByRole("button", { name: "New workflow" }).click();
    await this.page.getByRole("dialog").getByLabel("Title").fill(title);
    await this.page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  }

  async import(name: string, text: string): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Import" }).click();
    await (await chooser).setFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  }
}
