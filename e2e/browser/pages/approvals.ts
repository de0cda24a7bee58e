import type { Locator, Page } from "@playwright/test";

export class Approvals {
  readonly list: Locator;
  readonly detail: Locator;

  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole("list", { name: "Approvals" });
    this.detail = page.getByRole("article");
  }

  async open(workspace: string): Promise<void> {
    await this.page.goto(`/w/${workspace}/approvals`);
  }

  async decide(verdict: "Approve" | "Reject", comment: string): Promise<void> {
    await this.detail.getByLabel(/^Comment/).fill(comment);
    await this.detail.getByRole("button", { name: verdict, exact: true }).click();
  }
}
