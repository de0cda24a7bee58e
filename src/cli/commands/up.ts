// `runboard up`: starts everything, as `npm start` does.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";

export function addUp(program: Command): void {
  program
    .command("up")
    .description("start everything on this machine")
    .option("--port <port>", "port to listen on; 0 picks a free one")
    .option("--host <host>", "address to bind to")
    .option("--home <dir>", "folder for the database, files and secrets")
    .option("--headless", "do not open the browser", false)
    .action(async (options: { port?: string; host?: string; home?: string; headless: boolean }) => {
      const main = fileURLToPath(new URL("../../../supabase/embedded/main.ts", import.meta.url));
      const args = (["port", "host", "home"] as const).flatMap((name) => {
        const value = options[name];
        return value === undefined ? [] : [`--${name}`, value];
      });
      const child = spawn(process.execPath, [main, ...args, ...(options.headless ? ["--headless"] : [])], {
        stdio: "inherit",
      });
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
      process.exitCode = await new Promise<number>((resolve) =>
        child.on("exit", (code) => resolve(code ?? 0)),
      );
    });
}
