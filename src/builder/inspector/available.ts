// What a node's fields may name: a tree of paths with their types, nearest steps first.
import type { CanvasDoc, CanvasNode } from "../../core/canvas.ts";
import type { Json, Schema } from "../../core/json.ts";
import { describeSchema } from "../../core/ports.ts";
import { downstreamOf, nameOf, upstreamOf, type Facts } from "../edit/connect.ts";
import { portsOf } from "../edit/ports-of.ts";

export interface DataEntry {
  /** What to write: `steps.fetch.output.body`. */
  path: string;
  name: string;
  /** "text", "list of numbers". */
  type: string;
  schema: Schema;
  /** For steps: the node it belongs to. */
  nodeId?: string;
  children: DataEntry[];
}

export interface DataGroup {
  title: string;
  entries: DataEntry[];
}

const deepest = 6;
const plainName = /^[A-Za-z_]\w*$/;

const isSchema = (value: Json | undefined): value is Schema =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function entryOf(path: string, name: string, schema: Schema, depth = 0): DataEntry {
  const children: DataEntry[] = [];
  if (depth < deepest) {
    const { properties, items } = schema;
    if (isSchema(properties))
      for (const [key, value] of Object.entries(properties)) {
        const step = plainName.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
        children.push(entryOf(path + step, key, isSchema(value) ? value : {}, depth + 1));
      }
    if (isSchema(items) && Object.keys(items).length > 0)
      children.push(entryOf(`${path}[0]`, "first item", items, depth + 1));
  }
  return { path, name, type: describeSchema(schema), schema, children };
}

/** A schema that a sample value has; enough to list its fields. */
export function schemaOf(value: Json): Schema {
  if (Array.isArray(value)) return { type: "array", items: value[0] === undefined ? {} : schemaOf(value[0]) };
  if (value === null) return {};
  if (typeof value === "object")
    return {
      type: "object",
      properties: Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, schemaOf(entry)])),
    };
  return { type: typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "string" };
}

/** The schema at a path such as `steps.fetch.output.body.items`, if the tree knows it. */
export function schemaAt(groups: readonly DataGroup[], path: string): Schema | undefined {
  const wanted = path.replace(/\?$/, "");
  const search = (entries: readonly DataEntry[]): Schema | undefined => {
    for (const entry of entries) {
      if (entry.path === wanted) return entry.schema;
      const found = wanted.startsWith(entry.path) ? search(entry.children) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return groups.map((group) => search(group.entries)).find((found) => found !== undefined);
}

function stepEntry(node: CanvasNode, facts: Facts): DataEntry {
  const root = `steps.${node.key}`;
  const ports = portsOf(node, facts.nodeOf, facts.around);
  const outputs = Object.entries(ports.outputs)
    .filter(([, port]) => port.schema["type"] !== "null")
    .map(([key, port]) => entryOf(`${root}.output.${key}`, port.title ?? key, port.schema));
  return {
    path: `${root}.output`,
    name: nameOf(node, facts.nodeOf),
    type: "",
    schema: {},
    nodeId: node.id,
    children: [
      ...outputs,
      entryOf(`${root}.status`, "status", { type: "string" }),
      ...(node.onFailure === "fail_run" ? [] : [entryOf(`${root}.error`, "error", { type: "object" })]),
    ],
  };
}

function chainOf(doc: CanvasDoc, node: CanvasNode): CanvasNode[] {
  const chain: CanvasNode[] = [];
  for (let at = doc.nodes.find((entry) => entry.id === node.parent); at && chain.length < 4;) {
    chain.push(at);
    const parent: string | undefined = at.parent;
    at = doc.nodes.find((entry) => entry.id === parent);
  }
  return chain;
}

/** Type of `item` in a container: from the wire or the reference that feeds its list. */
function itemSchema(doc: CanvasDoc, container: CanvasNode, facts: Facts): Schema {
  const edge = doc.edges.find((entry) => entry.target === container.id && entry.targetPort === "items");
  const source = doc.nodes.find((entry) => entry.id === edge?.source);
  const binding = container.inputs["items"];
  let list: Schema | undefined;
  if (source && edge) list = portsOf(source, facts.nodeOf, facts.around).outputs[edge.sourcePort]?.schema;
  else if (binding && "literal" in binding) list = schemaOf(binding.literal);
  else if (binding && "ref" in binding) list = schemaAt(availableFor(doc, container, facts), binding.ref);
  const items = list?.["items"];
  return isSchema(items) ? items : {};
}

function variablesOf(doc: CanvasDoc): DataGroup[] {
  const entries = Object.entries(doc.variables).map(([key, value]) =>
    entryOf(`vars.${key}`, key, schemaOf(value)),
  );
  return entries.length > 0 ? [{ title: "Variables", entries }] : [];
}

/**
 * What the fields of a node may name. `node` undefined means the workflow's own outputs.
 * @param inside true for fields of a container that are evaluated in its body
 */
export function availableFor(
  doc: CanvasDoc,
  node: CanvasNode | undefined,
  facts: Facts,
  inside = false,
): DataGroup[] {
  const event = node && facts.nodeOf(node.kind)?.eventOf(node.config, facts.around);
  if (event)
    return [{ title: "Event", entries: entryOf("event", "event", event).children }, ...variablesOf(doc)];
  const isStep = (entry: CanvasNode) => {
    const role = facts.nodeOf(entry.kind)?.role;
    return role !== "trigger" && role !== "canvas";
  };
  const containers = node ? chainOf(doc, node) : [];
  const home = inside && node ? [node, ...containers] : containers;
  const scopes = new Set<string | undefined>([undefined, ...home.map((entry) => entry.id)]);
  const later = node
    ? downstreamOf(doc, [node.id, ...containers.map((entry) => entry.id)])
    : new Set<string>();
  const before = node
    ? upstreamOf(doc, [node.id, ...containers.map((entry) => entry.id)])
    : new Set<string>();
  const steps = doc.nodes.filter(
    (entry) =>
      isStep(entry) &&
      scopes.has(entry.parent) &&
      !(later.has(entry.id) && !(inside && entry.parent === node?.id)),
  );
  const own = steps.filter(
    (entry) => entry.id !== node?.id && !home.some((container) => container.id === entry.id),
  );
  const groups: DataGroup[] = [];
  const container = home[0];
  if (container)
    groups.push(
      facts.nodeOf(container.kind)?.body === "turns"
        ? {
            title: `Each turn of ${nameOf(container, facts.nodeOf)}`,
            entries: [
              entryOf("turn", "turn, from 0", { type: "integer" }),
              entryOf("previous", "previous result", {}),
            ],
          }
        : {
            title: `Each item of ${nameOf(container, facts.nodeOf)}`,
            entries: [
              entryOf("item", "item", itemSchema(doc, container, facts)),
              entryOf("index", "index", { type: "integer" }),
            ],
          },
    );
  const input = entryOf("input", "input", doc.input);
  if (input.children.length > 0) groups.push({ title: "Workflow input", entries: input.children });
  const earlier = own.filter((entry) => before.has(entry.id) || entry.parent !== undefined);
  const others = own.filter((entry) => !earlier.includes(entry));
  if (earlier.length > 0)
    groups.push({
      title: node ? "Steps before" : "Steps",
      entries: earlier.map((entry) => stepEntry(entry, facts)),
    });
  if (others.length > 0)
    groups.push({
      title: node ? "Other steps" : "Steps",
      entries: others.map((entry) => stepEntry(entry, facts)),
    });
  groups.push(...variablesOf(doc));
  groups.push({
    title: "Run",
    entries: [
      entryOf("run.id", "run id", { type: "string" }),
      entryOf("run.startedAt", "started at", { type: "string" }),
      entryOf("run.mode", "mode", { type: "string" }),
      entryOf("trigger.kind", "trigger", { type: "string" }),
    ],
  });
  return groups;
}
