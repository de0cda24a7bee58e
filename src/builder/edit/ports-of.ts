// The ports of a canvas node under its present config, remembered per config object.
import type { CanvasNode } from "../../core/canvas.ts";
import type { JsonObject, Schema } from "../../core/json.ts";
import type { Node, Ports, Surroundings } from "../../core/node.ts";

export type NodeLookup = (kind: string) => Node | undefined;

/** What a wire that leaves through the reserved `failed` port carries. */
export const failedSchema: Schema = {
  type: "object",
  properties: { class: { type: "string" }, code: { type: "string" }, message: { type: "string" } },
};

const none: Ports = { inputs: {}, outputs: {}, routes: [] };
const remembered = new WeakMap<Surroundings, WeakMap<JsonObject, Map<string, Ports>>>();

/** Ports that need no valid config: the kind's own shapes without types, so wires keep their ends while someone types. */
function looseShape(kind: Node): Ports {
  const open = (shape: object) =>
    Object.fromEntries(Object.keys(shape).map((key) => [key, { schema: {}, required: false }]));
  return { inputs: open(kind.inputs.shape), outputs: open(kind.outputs.shape), routes: [] };
}

/** Never throws: a config that does not parse yields the kind's ports without types. */
export function portsOf(node: CanvasNode, nodeOf: NodeLookup, around: Surroundings): Ports {
  const byConfig = remembered.get(around) ?? new WeakMap<JsonObject, Map<string, Ports>>();
  remembered.set(around, byConfig);
  const byKind = byConfig.get(node.config) ?? new Map<string, Ports>();
  byConfig.set(node.config, byKind);
  const known = byKind.get(node.kind);
  if (known) return known;
  const kind = nodeOf(node.kind);
  let ports = none;
  if (kind) {
    try {
      ports = kind.portsOf(node.config, around);
    } catch {
      ports = looseShape(kind);
    }
  }
  byKind.set(node.kind, ports);
  return ports;
}

/** The schema a wire from this source port carries, or undefined when the port does not exist. */
export function sourceSchema(ports: Ports, port: string): Schema | undefined {
  if (port === "failed") return failedSchema;
  if (port === "finished") return {};
  return ports.outputs[port]?.schema;
}

/** True when a wire out of this port says only what runs next and carries nothing. */
export function ordersOnly(ports: Ports, port: string): boolean {
  return (
    port === "finished" || (ports.routes.includes(port) && ports.outputs[port]?.schema["type"] === "null")
  );
}
