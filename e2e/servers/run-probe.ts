// Runs capability tasks in Deno, with the permissions the functions have, and brings the results back.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import type { ProbeResult, ProbeTask } from "./capability-probe.ts";
import { denoPath, denoPermissions, root } from "./deno-process.ts";
import { listen } from "./listen.ts";

/** @throws Error with what Deno said when it ended without results */
export async function runInDeno(tasks: ProbeTask[]): Promise<ProbeResult[]> {
  const results = Promise.withResolvers<ProbeResult[]>();
  const desk = await listen(
    createServer((request, response) => {
      if (request.method === "GET") return void response.end(JSON.stringify(tasks));
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.end();
        results.resolve(JSON.parse(Buffer.concat(chunks).toString()) as ProbeResult[]);
      });
    }),
  );
  const script = join(root, "e2e/servers/capability-probe.ts");
  const deno = spawn(denoPath, ["run", ...denoPermissions, script, desk.url], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  deno.stdout.on("data", (text: Buffer) => (said += text.toString()));
  deno.stderr.on("data", (text: Buffer) => (said += text.toString()));
  deno.once("exit", () => results.reject(new Error(`Deno ended without results: ${said}`)));
  try {
    return await results.promise;
  } finally {
    deno.kill("SIGKILL");
    await desk.close();
  }
}
