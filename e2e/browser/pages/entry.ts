import type { Locator, Page } from "@playwright/test";

/** First run, sign-in and sign-up. */
export class Entry {
  readonly email: Locator;
  readonly password: Locator;

  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.email = page.getByLabel("E-mail");
    this.password = page.getByLabel("Password");
  }

  async fill(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
  }

  /** From the first-run page to the list of workflows, samples included. */
  async createOwner(email: string, password: string): Promise<void> {
    await this.fill(email, password);
    await this.page.getByRole("button", { name: "Create account and open" }).click();
    await this.page.getByRole("link", { name: "Open the workspace" }).click({ timeout: 60_000 });
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.fill(email, password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  async signUp(email: string, password: string): Promise<void> {
    await this.page.goto("/sign-up");
    await this.fill(email, password);
    await this.page.getByRole("button", { name: "Create account" }).click();
    await this.page.getByRole("heading", { name: "Make a workspace" }).waitFor();
  }
}
