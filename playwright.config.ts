import { defineConfig } from "@playwright/test";
import { chromiumArgs, findChromium } from "./e2e/browser/chromium.ts";

export default defineConfig({
  testDir: "e2e/browser",
  testMatch: "**/*.spec.ts",
  fullyParallel: false,
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: await findChromium(), args: chromiumArgs },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    permissions: ["clipboard-read", "clipboard-write"],
  },
});
