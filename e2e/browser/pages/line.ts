import type { Page, WebSocketRoute } from "@playwright/test";

/** The page's line to the Realtime server, in the test's hands. */
export interface Line {
  /** Ends every socket as a server that goes away does, and refuses new ones. */
  cut: () => Promise<void>;
  /** Lets sockets through again; the page has to find out by itself. */
  mend: () => void;
}

/** Call before the page is opened. */
export async function ownLine(page: Page): Promise<Line> {
  const open = new Set<{ page: WebSocketRoute; server: WebSocketRoute }>();
  let isCut = false;
  await page.routeWebSocket(/\/realtime\/v1\//, async (route) => {
    if (isCut) return route.close({ code: 1012, reason: "service restart" });
    const pair = { page: route, server: route.connectToServer() };
    open.add(pair);
  });
  return {
    async cut() {
      isCut = true;
      for (const pair of open) {
        await pair.server.close();
        await pair.page.close({ code: 1012, reason: "service restart" });
      }
      open.clear();
    },
    mend() {
      isCut = false;
    },
  };
}
