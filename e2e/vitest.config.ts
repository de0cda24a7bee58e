import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = join(import.meta.dirname, "..");

/** Tests that need a real Postgres. Each file clones the template database, so files may run side by side. */
export default defineConfig({
  root,
  test: {
    globalSetup: join(import.meta.dirname, "global-setup.ts"),
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "sql", include: ["supabase/tests/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "engine", include: ["e2e/engine/**/*.test.ts", "e2e/chaos/**/*.test.ts"] },
      },
      { extends: true, test: { name: "contract", include: ["e2e/contract/**/*.test.ts"] } },
    ],
  },
});
