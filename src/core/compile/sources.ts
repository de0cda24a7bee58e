// Every expression and binding of a node, with its place: one list for checks, dependencies and reads.
import type { Binding } from "../binding.ts";
import type { Schema } from "../json.ts";
import type { Roots } from "../expression/check.ts";
import type { Verifier } from "../plan.ts";
import { isSchema } from "../schema-type.ts";
import { verifierSources as kindSources } from "../verifier-kinds.ts";
import type { Scopes } from "./scopes.ts";
import { outputSchema } from "./scopes.ts";
import type { Placed } from "./sketch.ts";

/** `want`: what the value must fit. `inside`: evaluated in the container's body. `extra`: roots that are not read from the run. */
export interface Source {
  path: string;
  binding: Binding;
  roots: Roots;
  extra: readonly string[];
  inside: boolean;
  want?: Schema;
  /** The input port this fills. */
  port?: string;
}

const boolean: Schema = { type: "boolean" };
const none: readonly never[] = [];

/** What fills the input ports. */
export function inputSources({ inputs, ports, parent }: Placed, scopes: Scopes): Source[] {
  const roots = scopes.rootsOf(parent);
  const sources: Source[] = [];
  for (const [name, binding] of Object.entries(inputs)) {
    const port = ports.inputs[name];
    const filled = port && { want: port.schema, port: name };
    sources.push({ path: `inputs.${name}`, binding, roots, extra: none, inside: false, ...filled });
  }
  return sources;
}

/** Everything else: conditions, the fallback, verifiers and what the config holds. Inputs must have been checked. */
export function otherSources(placed: Placed, scopes: Scopes): readonly Source[] {
  const { node, kind, config, configOk } = placed;
  const own = node.when !== undefined || node.fallback !== undefined || node.verifiers.length > 0;
  if (!own && !kind.expressions && !kind.bindings) return none;
  const roots = scopes.rootsOf(placed.parent);
  const plain = { roots, extra: none, inside: false };
  const sources: Source[] = [];
  if (node.when !== undefined)
    sources.push({ ...plain, path: "when", binding: { expr: node.when }, want: boolean });
  if (node.fallback) sources.push({ ...plain, path: "fallback", binding: node.fallback });
  for (const verifier of node.verifiers) sources.push(...verifierSources(placed, verifier, roots));
  if (!configOk) return sources;
  for (const { path, expr, extra, each, inside, want } of kind.expressions?.(config) ?? []) {
    const own = Object.fromEntries(extra.map((root) => [root, extraType(placed, root, each)]));
    sources.push({
      path,
      binding: { expr },
      roots: { ...(inside ? scopes.rootsOf(placed) : roots), ...own },
      extra,
      inside: inside === true,
      ...(want === "bool" ? { want: boolean } : {}),
    });
  }
  for (const { path, binding, inside } of kind.bindings?.(config) ?? [])
    sources.push({
      ...plain,
      path,
      binding,
      inside: inside === true,
      roots: inside ? scopes.rootsOf(placed) : roots,
    });
  return sources;
}

function verifierSources(placed: Placed, { name, kind, config }: Verifier, roots: Roots): Source[] {
  const own = { output: outputSchema(placed.ports.outputs) };
  return kindSources(kind, config).map((source) => ({
    path: `verifiers.${name}.config.${source.path}`,
    binding: source.binding,
    roots: { ...roots, ...own, ...source.roots },
    extra: ["output", ...Object.keys(source.roots)],
    inside: false,
    ...(source.want ? { want: source.want } : {}),
  }));
}

function extraType(placed: Placed, root: string, each: string | undefined): Schema {
  if (root === "index") return { type: "integer" };
  const known = placed.inputTypes.get(root === "item" && each !== undefined ? each : root);
  if (!known) return {};
  return root === "item" && each !== undefined ? (isSchema(known.items) ? known.items : {}) : known;
}
