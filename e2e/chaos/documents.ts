// Random workflows as a person would draw them: three to eight steps with effects, branches, maps, caught failures.
import { CanvasDoc } from "../../src/core/canvas.ts";
import { compile } from "../../src/core/compile.ts";
import type { Plan } from "../../src/core/plan.ts";
import { registry } from "../../src/nodes/registry.gen.ts";
import { sha256 } from "../../edge-functions/_shared/sha256.ts";
import type { Random } from "./random.ts";

const position = { x: 0, y: 0 };
const retry = { maxAttempts: 4, baseDelayMs: 20, maxDelayMs: 100 };

interface Drawing {
  readonly nodes: object[];
  readonly edges: object[];
  /** Nodes something may still be drawn from, with the port to draw from. */
  readonly open: { id: string; port: string }[];
  readonly sinkUrl: string;
  count: number;
}

function add(drawing: Drawing, node: Record<string, unknown>, parent?: string): string {
  drawing.count += 1;
  const id = `n${drawing.count}`;
  drawing.nodes.push({
    id,
    key: `s${drawing.count}`,
    kindVersion: 1,
    position,
    ...node,
    ...(parent ? { parent } : {}),
  });
  return id;
}

function wire(drawing: Drawing, source: string, sourcePort: string, target: string): void {
  const id = `e${drawing.edges.length}`;
  drawing.edges.push({ id, source, sourcePort, target });
}

/** A call to the sink that says which step of which run, and which item, is calling. */
function effect(drawing: Drawing, random: Random, parent?: string): string {
  const once = random.chance(0.15);
  const key = `s${drawing.count + 1}`;
  const item = parent === undefined ? "''" : "string(index)";
  return add(
    drawing,
    {
      kind: "http-request",
      config: { method: "POST" },
      inputs: {
        url: { literal: `${drawing.sinkUrl}/${once ? "once" : "effect"}` },
        body: { expr: `{'caller': run.id + ' ${key} ' + ${item}}` },
      },
      retry,
      timeoutMs: 4_000,
      ...(once ? { effect: "at_most_once" } : {}),
      ...(parent === undefined && random.chance(0.3) ? { onFailure: "continue" } : {}),
    },
    parent,
  );
}

function plain(drawing: Drawing, parent?: string): string {
  return add(drawing, { kind: "transform", config: { fields: { ok: { literal: true } } } }, parent);
}

function map(drawing: Drawing, random: Random): string {
  const id = add(drawing, {
    kind: "map",
    config: {
      concurrency: random.int(1, 4),
      onItemFailure: random.pick(["fail", "collect"]),
      result: { ref: "index" },
    },
    inputs: { items: { ref: "input.items" } },
    size: { w: 300, h: 200 },
  });
  const first = random.chance(0.7) ? effect(drawing, random, id) : plain(drawing, id);
  if (random.chance(0.3)) {
    const second = plain(drawing, id);
    wire(drawing, first, "finished", second);
  }
  return id;
}

/** Two ways, one taken, and the place where they meet. */
function branch(drawing: Drawing, random: Random): string {
  const fork = add(drawing, {
    kind: "branch",
    config: { cases: [{ port: "even", expr: "input.n % 2.0 == 0.0" }], otherwise: "odd" },
    inputs: { value: { ref: "input.n" } },
  });
  from(drawing, random, fork);
  const meet = { kind: "merge", config: { mode: "any" } };
  const left = random.chance(0.5) ? effect(drawing, random) : plain(drawing);
  const right = plain(drawing);
  wire(drawing, fork, "even", left);
  wire(drawing, fork, "odd", right);
  const end = add(drawing, meet);
  wire(drawing, left, "finished", end);
  wire(drawing, right, "finished", end);
  return end;
}

/** Draws one or two wires into a new node. */
function from(drawing: Drawing, random: Random, target: string): void {
  const sources = new Set([random.pick(drawing.open), random.pick(drawing.open)]);
  for (const source of sources) wire(drawing, source.id, source.port, target);
}

/** @param sinkUrl where effects go */
export function drawDocument(random: Random, sinkUrl: string): CanvasDoc {
  const drawing: Drawing = { nodes: [], edges: [], open: [], sinkUrl, count: 0 };
  drawing.nodes.push({ id: "start", key: "start", kind: "trigger-manual", kindVersion: 1, position });
  drawing.open.push({ id: "start", port: "input" });
  // Small ones are more common, as among people's workflows.
  const size = Math.min(random.int(3, 8), random.int(3, 8));
  while (drawing.count < size) {
    const shape = random.next();
    let id: string;
    if (shape < 0.15 && drawing.count + 4 <= size) id = branch(drawing, random);
    else {
      id = shape < 0.3 ? map(drawing, random) : shape < 0.6 ? effect(drawing, random) : plain(drawing);
      from(drawing, random, id);
    }
    drawing.open.push({ id, port: "finished" });
  }
  return CanvasDoc.parse({
    schemaVersion: 1,
    nodes: drawing.nodes,
    edges: drawing.edges,
    input: {
      type: "object",
      required: ["n", "items"],
      properties: { n: { type: "integer" }, items: { type: "array", items: { type: "integer" } } },
    },
  });
}

/** A random workflow's plan, compiled as publishing does. @throws Error with the diagnostics when it cannot be published */
export function drawPlan(random: Random, sinkUrl: string, title: string): Plan {
  const surroundings = { connections: [], tools: [], workflows: [] };
  const { plan, diagnostics } = compile(drawDocument(random, sinkUrl), registry, surroundings, {
    title,
    sha256,
  });
  if (plan === null)
    throw new Error(`${title}: ${JSON.stringify(diagnostics.filter((one) => one.severity === "error"))}`);
  return plan;
}
