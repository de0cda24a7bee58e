// A dependency that fails for a while: a server whose calls are counted second by second, and a workflow of one call to it.
import { createServer } from "node:http";
import { CanvasDoc } from "../../src/core/canvas.ts";
import { compile } from "../../src/core/compile.ts";
import type { Plan } from "../../src/core/plan.ts";
import { registry } from "../../src/nodes/registry.gen.ts";
import { sha256 } from "../../edge-functions/_shared/sha256.ts";
import { listen, type TestServer } from "../servers/listen.ts";

export interface Dependency extends TestServer {
  /** Monotonic times of all calls, and whether they were answered well. */
  readonly calls: { at: number; ok: boolean }[];
  /** Answers 503 from now on, or 200. */
  fail(isDown: boolean): void;
}

export async function startDependency(): Promise<Dependency> {
  const calls: { at: number; ok: boolean }[] = [];
  let isDown = true;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      calls.push({ at: performance.now(), ok: !isDown });
      response
        .writeHead(isDown ? 503 : 200, { "content-type": "application/json" })
        .end(JSON.stringify({ ok: !isDown }));
    });
  });
  server.keepAliveTimeout = 120_000;
  return {
    ...(await listen(server)),
    calls,
    fail(down) {
      isDown = down;
    },
  };
}

/** A workflow of one call with the policy every new node has. */
export function callOnce(url: string, more: Record<string, unknown> = {}): Plan {
  const at = { x: 0, y: 0 };
  const document = CanvasDoc.parse({
    schemaVersion: 1,
    nodes: [
      { id: "t", key: "start", kind: "trigger-manual", kindVersion: 1, position: at },
      {
        id: "n",
        key: "call",
        kind: "http-request",
        kindVersion: 1,
        position: at,
        config: { method: "POST" },
        inputs: { url: { literal: url }, body: { expr: "{'caller': run.id + ' call '}" } },
        ...more,
      },
    ],
    edges: [{ id: "e", source: "t", sourcePort: "input", target: "n" }],
  });
  const around = { connections: [], tools: [], workflows: [] };
  const { plan, diagnostics } = compile(document, registry, around, { title: "Call", sha256 });
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

/** Takes the breakers away: whoever asks may go. For negative controls. */
export const withoutBreakers = `
  create or replace function engine.ask_host(p_workspace uuid, p_host text) returns text
  language plpgsql security definer set search_path = '' as $$ begin return 'go'; end $$;`;
