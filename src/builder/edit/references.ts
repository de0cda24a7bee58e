// Finds and rewrites the places where a document names a step: `steps.<key>` in paths, templates and expressions.
import { Binding } from "../../core/binding.ts";
import type { CanvasDoc, CanvasNode } from "../../core/canvas.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Verifier } from "../../core/plan.ts";
import type { NodeLookup } from "./ports-of.ts";

/** The new key for an old one, or undefined to keep it. */
export type Rename = (key: string) => string | undefined;

const stringOrName =
  /("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<![\w.])steps\s*\.\s*([a-z]\w*)/g;
const indexed = /(?<![\w.])steps\[\s*(["'])([a-z]\w*)\1\s*\]/g;

/** Rewrites `steps.old` and `steps["old"]` in CEL, leaving text inside quotes alone. */
export function renameInExpression(source: string, rename: Rename): string {
  const byIndex = source.replace(indexed, (whole, quote: string, key: string) => {
    const next = rename(key);
    return next === undefined ? whole : `steps[${quote}${next}${quote}]`;
  });
  return byIndex.replace(
    stringOrName,
    (whole: string, quoted: string | undefined, key: string | undefined) => {
      if (quoted !== undefined || key === undefined) return whole;
      const next = rename(key);
      return next === undefined ? whole : whole.slice(0, whole.length - key.length) + next;
    },
  );
}

/** Rewrites what stands between `{{` and `}}`; the text around stays. */
export function renameInTemplate(template: string, rename: Rename): string {
  return template.replace(
    /\{\{([\s\S]*?)\}\}/g,
    (_, inner: string) => `{{${renameInExpression(inner, rename)}}}`,
  );
}

export function renameInBinding(binding: Binding, rename: Rename): Binding {
  if ("ref" in binding) return { ref: renameInExpression(binding.ref, rename) };
  if ("template" in binding) return { template: renameInTemplate(binding.template, rename) };
  if ("expr" in binding) return { expr: renameInExpression(binding.expr, rename) };
  return binding;
}

function renameInValue(value: Json, rename: Rename): Json {
  if (Array.isArray(value)) return value.map((entry) => renameInValue(entry, rename));
  if (value === null || typeof value !== "object") return value;
  const binding = Binding.safeParse(value);
  if (binding.success) return renameInBinding(binding.data, rename);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, renameInValue(entry, rename)]));
}

/** `config.cases[0].expr` and `cases[0].expr` both become `["cases", 0, "expr"]`. */
export function pathSegments(path: string): (string | number)[] {
  const segments = [...path.matchAll(/\[(\d+)\]|\["([^"]+)"\]|([^.[\]]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? match[3] ?? "") : Number(match[1]),
  );
  return segments[0] === "config" ? segments.slice(1) : segments;
}

/** A copy of `value` with the entry at `segments` replaced; missing parents are made. */
export function setAt(value: Json | undefined, segments: readonly (string | number)[], entry: Json): Json {
  const [head, ...rest] = segments;
  if (head === undefined) return entry;
  if (typeof head === "number") {
    const list = Array.isArray(value) ? [...value] : [];
    list[head] = setAt(list[head], rest, entry);
    return list;
  }
  const record = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  return { ...record, [head]: setAt(record[head], rest, entry) };
}

function renameInConfig(node: CanvasNode, rename: Rename, nodeOf: NodeLookup): JsonObject {
  let config: Json = renameInValue(node.config, rename);
  let expressions: { path: string; expr: string }[] = [];
  try {
    expressions = nodeOf(node.kind)?.expressions?.(node.config) ?? [];
  } catch {
    // A config that does not parse yet has no expressions to find.
  }
  for (const { path, expr } of expressions) {
    const next = renameInExpression(expr, rename);
    if (next !== expr) config = setAt(config, pathSegments(path), next);
  }
  return config !== null && typeof config === "object" && !Array.isArray(config) ? config : node.config;
}

const mapBindings = (bindings: Record<string, Binding>, rename: Rename) =>
  Object.fromEntries(
    Object.entries(bindings).map(([key, binding]) => [key, renameInBinding(binding, rename)]),
  );

/** Rewrites what a check evaluates: bindings by their form, conditions and templates by their field. */
function renameInVerifier(verifier: Verifier, rename: Rename): Verifier {
  const config = Object.fromEntries(
    Object.entries(verifier.config).map(([field, value]): [string, Json] => {
      if (typeof value !== "string") return [field, renameInValue(value, rename)];
      if (field === "expr" || field === "expect") return [field, renameInExpression(value, rename)];
      return [field, field === "title" || field === "message" ? renameInTemplate(value, rename) : value];
    }),
  );
  return { ...verifier, config };
}

/** Rewrites every reference a node holds; its own key and wires stay. */
export function renameInNode(node: CanvasNode, rename: Rename, nodeOf: NodeLookup): CanvasNode {
  const next: CanvasNode = {
    ...node,
    config: renameInConfig(node, rename, nodeOf),
    inputs: mapBindings(node.inputs, rename),
    verifiers: node.verifiers.map((verifier) => renameInVerifier(verifier, rename)),
  };
  if (node.when !== undefined) next.when = renameInExpression(node.when, rename);
  if (node.fallback !== undefined) next.fallback = renameInBinding(node.fallback, rename);
  if (node.rollback !== undefined)
    next.rollback = {
      kind: node.rollback.kind,
      config: renameInConfig({ ...node, ...node.rollback }, rename, nodeOf),
      inputs: mapBindings(node.rollback.inputs, rename),
    };
  return JSON.stringify(next) === JSON.stringify(node) ? node : next;
}

/** Gives a node another key and rewrites every reference to it, so that one undo takes all of it back. */
export function renameKey(doc: CanvasDoc, nodeId: string, key: string, nodeOf: NodeLookup): CanvasDoc {
  const target = doc.nodes.find((node) => node.id === nodeId);
  if (!target || target.key === key) return doc;
  const rename: Rename = (old) => (old === target.key ? key : undefined);
  const settings = { ...doc.settings };
  if (settings.concurrency)
    settings.concurrency = {
      ...settings.concurrency,
      key: renameInExpression(settings.concurrency.key, rename),
    };
  return {
    ...doc,
    settings,
    output: mapBindings(doc.output, rename),
    nodes: doc.nodes.map((node) => {
      const rewritten = renameInNode(node, rename, nodeOf);
      return node.id === nodeId ? { ...rewritten, key } : rewritten;
    }),
  };
}

/** The step keys a node's bindings and expressions name. */
export function stepsNamedBy(node: CanvasNode, nodeOf: NodeLookup): Set<string> {
  const named = new Set<string>();
  renameInNode(
    node,
    (key) => {
      named.add(key);
      return undefined;
    },
    nodeOf,
  );
  return named;
}
