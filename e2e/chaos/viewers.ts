// Many viewers in one process, each with the browser's own code for itself: a copy of every module of src/data, its client and its socket.
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunEvent } from "../../src/core/run-event.ts";

const data = pathToFileURL(join(import.meta.dirname, "../../src/data/")).href;

interface FeedModule {
  openRunFeed(runId: string, onEvents: (events: RunEvent[]) => void): { close(): void };
}
interface TopicsModule {
  joinTopic(
    name: string,
    listener: { onEvents(events: { runId: string; seq: number }[]): void; onState(state: string): void },
  ): () => void;
}
interface ClientModule {
  startClient(): Promise<unknown>;
  client(): { realtime: { disconnect(): unknown } };
}

export interface ViewerCode {
  readonly feed: FeedModule;
  readonly topics: TopicsModule;
  leave(): void;
}

/** What the page's code expects around it. @param session as the page keeps it */
export function setUpPage(origin: string, session: string): void {
  const nothing = () => undefined;
  const listeners = { addEventListener: nothing, removeEventListener: nothing };
  const request = globalThis.fetch;
  Object.assign(globalThis, {
    window: { ...listeners, location: { href: origin } },
    document: { ...listeners, visibilityState: "visible" },
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      request(typeof input === "string" && input.startsWith("/") ? `${origin}${input}` : input, init),
  });
  Object.defineProperty(globalThis, "localStorage", {
    value: { getItem: () => session, setItem: nothing, removeItem: nothing },
    configurable: true,
  });
  // Each client warns that it is not the only one of its page; here they are not of one page.
  console.warn = nothing;
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const viewer = /\?viewer=\d+$/.exec(context.parentURL ?? "")?.[0];
      return viewer !== undefined && found.url.startsWith(data)
        ? { ...found, url: `${found.url}${viewer}` }
        : found;
    },
  });
}

/** A viewer with code of its own, connected and signed in. Its client keeps to the socket it finds when it is made. */
export async function openViewer(n: number, socket: typeof WebSocket): Promise<ViewerCode> {
  const load = async (name: string) => import(`${data}${name}.ts?viewer=${n}`);
  const client: ClientModule = await load("client");
  const feed: FeedModule = await load("run-feed");
  const topics: TopicsModule = await load("topics");
  const usual = globalThis.WebSocket;
  globalThis.WebSocket = socket;
  await client.startClient();
  globalThis.WebSocket = usual;
  return { feed, topics, leave: () => void client.client().realtime.disconnect() };
}
