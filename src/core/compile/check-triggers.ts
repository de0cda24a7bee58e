// What starts the run: what a trigger maps of its event into the input, and the workflows it names.
import { checkBinding, checkFit } from "./check-sources.ts";
import { didYouMean } from "../nearest.ts";
import { objectPorts } from "../object-ports.ts";
import { isSchema } from "../schema-type.ts";
import type { Port } from "../node.ts";
import type { Schema } from "../json.ts";
import type { Scopes } from "./scopes.ts";
import { nameOf, report, type Placed, type Sketch } from "./sketch.ts";

/**
 * The fields a trigger fills: those of the workflow's input.
 * @param hasBase fields the event may bring by itself need no binding
 */
export function mapPorts(input: Schema, hasBase: boolean): Record<string, Port> {
  return Object.fromEntries(
    Object.entries(objectPorts(input)).map(([name, port]) => [
      name,
      { ...port, required: port.required && !hasBase && port.schema.default === undefined },
    ]),
  );
}

/** Gives triggers that are started by an event the ports of the workflow's input. Runs before ports are checked. */
export function placeTriggers(sketch: Sketch): void {
  for (const placed of sketch.placed) {
    if (placed.kind.eventOf(placed.config, sketch.around) === null) continue;
    placed.ports = { ...placed.ports, inputs: mapPorts(sketch.doc.input, placed.kind.base !== undefined) };
  }
}

export function checkTriggers(sketch: Sketch, scopes: Scopes): void {
  for (const placed of sketch.placed) {
    const event = placed.kind.eventOf(placed.config, sketch.around);
    if (event === null || !placed.configOk) continue;
    const { vars = {} } = scopes.rootsOf(null);
    const roots = { event, vars };
    for (const [name, binding] of Object.entries(placed.inputs)) {
      const port = placed.ports.inputs[name];
      const source = { path: `inputs.${name}`, binding, roots, extra: ["event"], inside: false };
      const before = sketch.diagnostics.length;
      const type = checkBinding(sketch, placed, source);
      if (port && sketch.diagnostics.length === before)
        checkFit(sketch, placed, { ...source, port: name }, type, port.schema);
      if (!port && !isOpen(sketch.doc.input))
        report(sketch, {
          code: "port.unknown",
          node: placed.node,
          path: `inputs.${name}`,
          message: `${nameOf(placed.node)} fills "${name}", which is no field of the workflow's input.`,
          hint: didYouMean(
            name,
            Object.keys(placed.ports.inputs),
            "Add the field to the input, or remove it here.",
          ),
        });
    }
    for (const { path, expr } of placed.kind.expressions?.(placed.config) ?? [])
      checkBinding(sketch, placed, { path, binding: { expr }, roots, extra: ["event"], inside: false });
    checkFilled(sketch, placed);
    checkSigning(sketch, placed);
  }
  checkErrorWorkflow(sketch);
}

/** An input without named fields takes any. */
function isOpen(input: Schema): boolean {
  return !isSchema(input.properties) || Object.keys(input.properties).length === 0;
}

function checkFilled(sketch: Sketch, placed: Placed): void {
  for (const [name, port] of Object.entries(placed.ports.inputs))
    if (port.required && !Object.hasOwn(placed.inputs, name))
      report(sketch, {
        code: "port.missing",
        node: placed.node,
        path: `inputs.${name}`,
        message: `${nameOf(placed.node)} starts runs without "${port.title ?? name}", which the workflow's input requires.`,
        hint: "Fill it in on the trigger, or give the field a default.",
      });
}

function checkSigning(sketch: Sketch, { node, config }: Placed): void {
  if (typeof config.signing !== "string" || config.signing === "none") return;
  const known = sketch.around.connections.find(({ slug }) => slug === config.connection);
  if (config.connection !== undefined && (!known || known.kind === "signing")) return;
  report(sketch, {
    code: "node.config",
    node,
    path: "config.connection",
    message: known
      ? `${nameOf(node)} checks signatures with ${known.slug}, which is a connection of the kind ${known.kind}.`
      : `${nameOf(node)} checks signatures, but no connection holds the secret.`,
    hint: "Create a connection of the kind signing with the secret the sender was given, and choose it here.",
  });
}

function checkErrorWorkflow(sketch: Sketch): void {
  const slug = sketch.doc.settings.errorWorkflow;
  if (slug === undefined || sketch.around.workflows.some((one) => one.slug === slug)) return;
  report(sketch, {
    code: "workflow.missing",
    path: "settings.errorWorkflow",
    message: `Failures are to start the workflow ${slug}, which does not exist or has no published version.`,
    hint: didYouMean(
      slug,
      sketch.around.workflows.map((one) => one.slug),
      "Publish it first, or choose another one.",
    ),
  });
}
