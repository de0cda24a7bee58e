// What the passes of the compiler hand to each other.
import type { Binding } from "../binding.ts";
import type { CanvasDoc, CanvasEdge, CanvasNode } from "../canvas.ts";
import type { Diagnostic, DiagnosticCode } from "../diagnostic.ts";
import type { JsonObject, Schema } from "../json.ts";
import type { Node, Ports, Surroundings } from "../node.ts";
import type { Dep } from "../plan.ts";

/** A node of the canvas with its kind: everything later passes know of it. Notes and unknown kinds have none. */
export interface Placed {
  node: CanvasNode;
  kind: Node;
  /** Parsed, with every default written out; as it was while it does not parse. */
  config: JsonObject;
  configOk: boolean;
  ports: Ports;
  parent: Placed | null;
  /** How many bodies it stands in. */
  depth: number;
  /** Wires that arrive and leave, after disabled nodes are bypassed. */
  incoming: Wire[];
  outgoing: Wire[];
  /** Wires into a port that takes many; numbered once ranks are known. */
  ways: { port: string; wires: Wire[] } | null;
  /** Bindings typed in, overlaid by wires. */
  inputs: Record<string, Binding>;
  /** Types of what arrives at the input ports, once checked. */
  inputTypes: Map<string, Schema>;
  /** The tool or workflow that decides the ports is gone, so they are not known. */
  portsUncertain: boolean;
  /** Dependencies inside the same body (or the run itself), by key of the node they are on. */
  deps: PlacedDep[];
  /** Above that of everything it waits for; 0 until nodes are ordered. */
  rank: number;
  /** What the node, all of its expressions together, looks at; the same may be there twice. */
  reads: string[];
  /** What undoes it, placed as the node it would be; absent when nothing does, or nothing that can. */
  rollback?: Placed;
}

/** `implied`: another dependency already leads there, so it says nothing about when the node runs. */
export interface PlacedDep {
  on: Dep["on"];
  port?: string;
  upstream: Placed;
  implied?: boolean;
}

export interface Wire {
  edge: CanvasEdge;
  source: Placed;
  target: Placed;
}

export interface Sketch {
  doc: CanvasDoc;
  /** Ids of the nodes no trigger leads to: they are left out of the plan. */
  unreached: ReadonlySet<Placed>;
  around: Surroundings;
  kinds: ReadonlyMap<string, Node>;
  diagnostics: Diagnostic[];
  /** In key order, so that nothing depends on the order in the document. */
  placed: Placed[];
  byId: Map<string, Placed>;
  byKey: Map<string, Placed>;
  /** Ids of nodes that are switched off. */
  disabled: Map<string, CanvasNode>;
  /** Schema of a step's outputs as later steps see it, by key; maps get theirs once their result is known. */
  outputs: Map<string, Schema>;
}

export interface Finding {
  code: DiagnosticCode;
  message: string;
  hint: string;
  node?: CanvasNode | undefined;
  path?: string | undefined;
  severity?: Diagnostic["severity"];
  fix?: Diagnostic["fix"];
  span?: Diagnostic["span"];
}

/** Adds a diagnostic; an error unless it says otherwise. */
export function report(sketch: Pick<Sketch, "diagnostics">, finding: Finding): void {
  const { code, message, hint, node, path, span, severity = "error", fix } = finding;
  sketch.diagnostics.push({
    code,
    severity,
    message,
    hint,
    ...(node ? { nodeId: node.id } : {}),
    ...(path === undefined ? {} : { path }),
    ...(span ? { span } : {}),
    ...(fix ? { fix } : {}),
  });
}

/** A node's name in a sentence. */
export function nameOf(node: CanvasNode): string {
  return node.title === undefined || node.title === "" ? node.key : node.title;
}

export function isStep(placed: Placed): boolean {
  return placed.kind.role === "step" || placed.kind.role === "container";
}

/** The node itself or the container around it that stands in the given body; null when it is not inside that body. */
export function liftTo(placed: Placed, body: Placed | null): Placed | null {
  for (let at: Placed | null = placed; at; at = at.parent) if (at.parent === body) return at;
  return null;
}
