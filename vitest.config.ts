import { defineConfig } from "vitest/config";

// Unit tests: pure code and stores, beside their files. What needs a database or a browser lives in e2e and supabase/tests.
export default defineConfig({
  test: {
    include: ["src/**/*.test.{ts,tsx}", "edge-functions/**/*.test.ts", "*.test.ts", "scripts/**/*.test.ts"],
    environment: "node",
    maxWorkers: 2,
  },
});
