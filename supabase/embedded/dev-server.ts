import type { Server } from "node:http";
import { watch } from "node:fs";
import { join } from "node:path";
import type { GatewayParts } from "./gateway.ts";

/** Vite in middleware mode on the gateway's own port, so that the page, the API and hot reload share one origin. */
export async function createDevApp(root: string, server: Server): Promise<GatewayParts["app"]> {
  const { createServer } = await import("vite");
  const vite = await createServer({
    root,
    appType: "spa",
    server: { middlewareMode: true, hmr: { server }, allowedHosts: true },
  });
  server.once("close", () => void vite.close());
  return (incoming, outgoing) =>
    new Promise((resolve, reject) => {
      outgoing.once("close", () => resolve(true));
      vite.middlewares(incoming, outgoing, (error?: unknown) => {
        if (error) reject(error);
        else resolve(false);
      });
    });
}

/**
 * Calls `onChange` shortly after any source of the edge functions changed. Changes made while it works lead to one more
 * call afterwards: a new process gets to its feet before it is replaced again.
 * @returns stops watching
 */
export function watchFunctions(root: string, onChange: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const watchers = ["edge-functions", "src/core", "src/nodes"].map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (!name?.endsWith(".ts") || name.endsWith(".test.ts")) return;
      clearTimeout(timer);
      timer = setTimeout(() => void (working = working.then(onChange)), 150);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
