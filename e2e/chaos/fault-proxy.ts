// A TCP proxy between a worker and its database, where connections are cut and swallowed.
import { type Socket, connect, createServer } from "node:net";
import { once } from "node:events";

export interface FaultProxy {
  readonly port: number;
  /** Share of the database's answers that are lost: the connection is reset after the work was done and before it is known. */
  loseAnswers(share: number): void;
  /** Swallows what is sent either way until healed; nobody is told. New connections are accepted and go nowhere. */
  blackHole(): void;
  /** Forwards again; connections that lost something are reset, as a network stack does in the end. */
  heal(): void;
  /** Resets every connection. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * @param target port on loopback; read for every new connection
 * @param draw   from 0 to 1
 */
export async function startFaultProxy(target: () => number, draw: () => number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket | undefined]>();
  let lost = 0;
  let dark = false;

  const server = createServer((near) => {
    near.setNoDelay(true).on("error", () => near.destroy());
    if (dark) {
      const pair = [near, undefined] as const;
      pairs.add(pair);
      near.on("data", () => {}).on("close", () => pairs.delete(pair));
      return;
    }
    const far = connect(target(), "127.0.0.1").setNoDelay(true);
    const pair = [near, far] as const;
    pairs.add(pair);
    // A reset, not an orderly end: that is what a dead server's clients see.
    const end = () => {
      pairs.delete(pair);
      near.resetAndDestroy();
      far.destroy();
    };
    near.on("data", (chunk) => dark || far.write(chunk)).on("close", () => dark || end());
    far
      .on("data", (chunk) => {
        if (dark) return;
        if (lost > 0 && draw() < lost) near.resetAndDestroy();
        else near.write(chunk);
      })
      .on("close", () => dark || end())
      .on("error", () => dark || end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");

  function cut(): void {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far?.destroy();
    }
    pairs.clear();
  }
  return {
    port: address.port,
    loseAnswers(share) {
      lost = share;
    },
    blackHole() {
      dark = true;
    },
    heal() {
      if (!dark) return;
      dark = false;
      cut();
    },
    cut,
    async close() {
      dark = false;
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
