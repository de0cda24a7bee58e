import type { Locator, Page } from "@playwright/test";

export class Board {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(workspace: string): Promise<void> {
    await this.page.goto(`/w/${workspace}/board`);
    await this.page.getByRole("heading", { name: "Board", level: 1 }).waitFor();
  }

  lane(title: string): Locator {
    return this.page.getByRole("region", { name: title, exact: true });
  }

  /** A card is named by its run's title and status. */
  card(title: string, status?: string): Locator {
    return status === undefined
      ? this.page.getByRole("article", { name: new RegExp(`^${title}, [a-z]+$`) })
      : this.page.getByRole("article", { name: `${title}, ${status}`, exact: true });
  }

  async look(view: "Lanes" | "Status"): Promise<void> {
    await this.page.getByRole("radio", { name: view }).click();
  }
}
