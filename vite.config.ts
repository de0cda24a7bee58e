import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** A running Runboard to develop against, e.g. http://127.0.0.1:4400; unset when the gateway embeds Vite itself. */
const backend = process.env["RUNBOARD_DEV_BACKEND"];
const served = [
  "/rest/v1",
  "/auth/v1",
  "/storage/v1",
  "/functions/v1",
  "/realtime/v1",
  "/config.json",
  "/health",
];

const router = tanstackRouter({
  target: "react",
  autoCodeSplitting: true,
  routesDirectory: "src/routes",
  generatedRouteTree: "src/routes/routeTree.gen.ts",
  routeFileIgnorePattern: "\\.(test|gen)\\.",
  quoteStyle: "double",
  semicolons: true,
});

/**
 * Monaco's helper that starts JSON's worker also registers every feature of the editor. It is loaded after the first editor was made, when
 * their services can no longer be added, so that each further editor would fail to make them.
 */
const leanJsonMode: Plugin = {
  name: "runboard-lean-json-mode",
  transform(code, id) {
    if (!id.includes("monaco-editor/esm/vs/internal/common/workers.js")) return null;
    return { code: code.replace(/^import '[^']+';$/gm, ""), map: null };
  },
};

export default defineConfig({
  // Unit tests read this file too, and have no routes to generate.
  plugins: [process.env["VITEST"] ? [] : router, react(), tailwindcss(), leanJsonMode],
  build: {
    target: "es2023",
    // light-dark() carries both themes; older engines would get a polyfill that doubles the style sheet.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 4_000,
  },
  worker: { format: "es" },
  server: backend
    ? {
        proxy: Object.fromEntries(
          served.map((path) => [path, { target: backend, ws: path === "/realtime/v1" }]),
        ),
      }
    : {},
});
