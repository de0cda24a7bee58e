// What the expressions of a node may name, as schemas.
import type { Roots } from "../expression/check.ts";
import type { Json, Schema } from "../json.ts";
import { isSchema, schemaOfJson, unionOf, variantsOf } from "../schema-type.ts";
import { isStep, type Placed, type Sketch } from "./sketch.ts";

const run: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    id: { type: "string" },
    mode: { enum: ["live", "dry_run", "sandbox"] },
    lane: { type: "string" },
    startedAt: { type: ["string", "null"] },
  },
};
const trigger: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    kind: { type: "string" },
    key: { type: "string" },
    by: { type: "string" },
    at: { type: "string" },
    deliveryId: { type: "string" },
    slot: { type: "string" },
    run: { type: "string" },
  },
};
const status: Schema = { type: "string" };
const runError: Schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    class: { type: "string" },
    code: { type: "string" },
    message: { type: "string" },
    hint: { type: "string" },
    step: { type: "string" },
    retryAfterMs: { type: "integer" },
  },
};

/** Roots by body, made once each: with a thousand nodes they are the same object a thousand times. */
export class Scopes {
  private readonly made = new Map<Placed | null, Roots>();
  private readonly items = new Map<Placed, Schema>();
  private readonly sketch: Sketch;

  constructor(sketch: Sketch) {
    this.sketch = sketch;
  }

  /** The type of `item` inside a container, from the list wired into it. */
  setItem(container: Placed, list: Schema): void {
    const lists = (variantsOf(list) ?? []).filter(({ type }) => type === "array");
    this.items.set(
      container,
      unionOf(lists.map(({ schema }) => (isSchema(schema.items) ? schema.items : {}))),
    );
  }

  /** What may be named in a body; null is the run itself. Steps inside another body are not there. */
  rootsOf(body: Placed | null): Roots {
    const known = this.made.get(body);
    if (known) return known;
    const base = body ? this.rootsOf(body.parent) : this.outermost();
    const outer = isSchema(base.steps) && isSchema(base.steps.properties) ? base.steps.properties : {};
    const steps: { [key: string]: Json } = { ...outer };
    for (const placed of this.sketch.placed)
      if (isStep(placed) && placed.parent === body) steps[placed.node.key] = this.stepSchema(placed);
    const roots: Roots = {
      ...base,
      ...this.bodyRoots(body),
      steps: { type: "object", properties: steps, additionalProperties: false },
    };
    this.made.set(body, roots);
    return roots;
  }

  private bodyRoots(body: Placed | null): Roots {
    if (!body) return {};
    if (body.kind.body === "turns") return { turn: { type: "integer" }, previous: {} };
    return { item: this.items.get(body) ?? {}, index: { type: "integer" } };
  }

  private outermost(): Roots {
    const { input, variables } = this.sketch.doc;
    const vars = Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, typeOfVariable(value)]),
    );
    return {
      input,
      vars: { type: "object", properties: vars, additionalProperties: false },
      run,
      trigger,
      steps: {},
    };
  }

  private stepSchema({ ports, node }: Placed): Schema {
    const output = this.sketch.outputs.get(node.key) ?? outputSchema(ports.outputs);
    return { type: "object", properties: { output, status, error: runError }, additionalProperties: false };
  }
}

/** A variable's value may change with the next version, so text counts as any text. */
function typeOfVariable(value: Json): Schema {
  return typeof value === "string" ? { type: "string" } : schemaOfJson(value);
}

/** The output of a step as one object. */
export function outputSchema(outputs: Placed["ports"]["outputs"]): Schema {
  const properties: { [name: string]: Schema } = {};
  const required: string[] = [];
  for (const [name, port] of Object.entries(outputs)) {
    properties[name] = port.schema;
    if (port.required) required.push(name);
  }
  return { type: "object", additionalProperties: false, properties, required };
}
