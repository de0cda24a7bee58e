// Runs capabilities in whatever runtime executes this file: reads tasks as JSON from the first argument's address, posts the results back.
import process from "node:process";
import { parseAllowList } from "../../edge-functions/_shared/addresses.ts";
import { callHttp } from "../../edge-functions/_shared/capabilities/http.ts";
import { callModel } from "../../edge-functions/_shared/capabilities/llm.ts";
import { callTool } from "../../edge-functions/_shared/capabilities/mcp.ts";
import { Egress } from "../../edge-functions/_shared/egress.ts";
import { openOutside, type OutsideOptions } from "./outside.ts";

export type ProbeTask =
  | { send: string; allow: string; redirects?: number }
  | { http: Parameters<typeof callHttp>[0]; options?: OutsideOptions; limitMs?: number }
  | { llm: Parameters<typeof callModel>[0]; options: OutsideOptions }
  | { mcp: Parameters<typeof callTool>[0]; options: OutsideOptions };

/** `ok` is what came back, `failed` is `class/code`. */
export type ProbeResult = { ok: unknown } | { failed: string };

async function run(task: ProbeTask): Promise<unknown> {
  if ("send" in task) {
    const egress = new Egress({ allow: parseAllowList(task.allow) });
    const { response } = await egress.send(task.send, { redirects: task.redirects ?? 0 });
    return response.status;
  }
  const limit = new AbortController();
  if ("http" in task && task.limitMs !== undefined)
    setTimeout(() => limit.abort({ errorClass: "timeout", code: "timeout" }), task.limitMs);
  const outside = openOutside({ ...task.options, signal: limit.signal });
  if ("http" in task) return await callHttp(task.http, 1, outside);
  if ("llm" in task) return await callModel(task.llm, "live", outside);
  return await callTool(task.mcp, 1, outside);
}

async function attempt(task: ProbeTask): Promise<ProbeResult> {
  try {
    return { ok: await run(task) };
  } catch (error) {
    if (typeof error !== "object" || error === null || !("errorClass" in error && "code" in error))
      return { failed: String(error) };
    return { failed: `${error.errorClass}/${error.code}` };
  }
}

const address = process.argv[2];
if (address !== undefined) {
  const tasks = (await (await fetch(address)).json()) as ProbeTask[];
  const results: ProbeResult[] = [];
  for (const task of tasks) results.push(await attempt(task));
  await fetch(address, { method: "POST", body: JSON.stringify(results) });
  process.exit(0);
}
