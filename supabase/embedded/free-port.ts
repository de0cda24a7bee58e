import { createServer } from "node:net";

/**
 * Finds a loopback port nobody listens on.
 * @param preferred tried first; 0 or a taken one means any free port
 */
export async function findFreePort(preferred = 0): Promise<number> {
  const port = await tryListen(preferred).catch(() => tryListen(0));
  return port;
}

function tryListen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const chosen = typeof address === "object" && address ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}
