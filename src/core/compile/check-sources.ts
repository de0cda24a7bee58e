// Fourth pass: checks every expression, template and reference, and collects what each node looks at.
import type { Binding } from "../binding.ts";
import { checkExpression } from "../expression/check.ts";
import { formatPath, parsePath, type PathParts } from "../expression/path.ts";
import { typeOfPath } from "../expression/path-type.ts";
import { pathsIn } from "../expression/names.ts";
import { templateParts } from "../expression/template.ts";
import type { ExpressionProblem } from "../expression/syntax.ts";
import type { Schema } from "../json.ts";
import { describeSchema, fits, whyNot } from "../ports.ts";
import { schemaOfJson, variantsOf } from "../schema-type.ts";
import { didYouMean } from "../nearest.ts";
import type { Scopes } from "./scopes.ts";
import { unknownInputs } from "./fill-inputs.ts";
import { inputSources, otherSources, type Source } from "./sources.ts";
import { isStep, nameOf, report, type Placed, type Sketch } from "./sketch.ts";

/** A value a source names, with the part of the source that names it. */
export interface Mention {
  source: Source;
  path: PathParts;
  reader: Placed;
}

/** Outer nodes come first, so that a body knows the type of its items. */
export function checkSources(sketch: Sketch, scopes: Scopes): Mention[] {
  const mentions: Mention[] = [];
  for (const placed of sketch.placed.toSorted((a, b) => a.depth - b.depth)) {
    if (isStep(placed)) checkNode(sketch, placed, scopes, mentions);
  }
  return mentions;
}

/** Checks one node's sources and adds what they name to the mentions. */
export function checkNode(sketch: Sketch, placed: Placed, scopes: Scopes, mentions: Mention[]): void {
  for (const source of inputSources(placed, scopes)) checkSource(sketch, placed, source, mentions);
  if (placed.kind.role === "container" && placed.kind.body !== "turns")
    scopes.setItem(placed, placed.inputTypes.get("items") ?? {});
  for (const source of otherSources(placed, scopes)) checkSource(sketch, placed, source, mentions);
  checkRequired(sketch, placed);
}

function checkSource(sketch: Sketch, placed: Placed, source: Source, mentions: Mention[]): void {
  const before = sketch.diagnostics.length;
  const type = checkBinding(sketch, placed, source);
  for (const path of pathsOf(source.binding)) {
    if (source.extra.includes(path.root)) continue;
    mentions.push({ source, path, reader: placed });
    if (!source.inside) placed.reads.push(formatPath(path));
  }
  if (source.port !== undefined) placed.inputTypes.set(source.port, type);
  if (source.want && sketch.diagnostics.length === before)
    checkFit(sketch, placed, source, type, source.want);
}

const none: readonly PathParts[] = [];

/** The paths a binding names; what does not parse names nothing. */
export function pathsOf(binding: Binding): readonly PathParts[] {
  if ("literal" in binding) return none;
  if ("ref" in binding) {
    const path = parsePath(binding.ref);
    return path ? [path] : none;
  }
  if ("expr" in binding) return pathsOrNone(binding.expr);
  const parts = templateParts(binding.template);
  return parts.flatMap((part) => ("expr" in part ? pathsOrNone(part.expr) : none));
}

function pathsOrNone(expr: string): readonly PathParts[] {
  try {
    return pathsIn(expr);
  } catch {
    return none;
  }
}

const text: Schema = { type: "string" };

/** The type a binding gives; `{}` once something about it was reported. */
export function checkBinding(sketch: Sketch, placed: Placed | null, source: Source): Schema {
  const { binding, roots, path } = source;
  if ("literal" in binding) return schemaOfJson(binding.literal);
  if ("ref" in binding) return checkRef(sketch, placed, source, binding.ref);
  if ("expr" in binding) {
    const checked = checkExpression(binding.expr, roots);
    if ("type" in checked) return checked.type;
    reportProblem(sketch, placed, path, checked.error, 0);
    return {};
  }
  for (const part of templateParts(binding.template)) {
    if ("text" in part) continue;
    const checked = part.closed
      ? checkExpression(part.expr, roots)
      : {
          error: {
            code: "expr.syntax" as const,
            message: "A {{ is never closed.",
            hint: "Close it with }}.",
            position: 0,
            end: part.end - part.start,
          },
        };
    if ("error" in checked) reportProblem(sketch, placed, path, checked.error, part.start);
  }
  return text;
}

function checkRef(sketch: Sketch, placed: Placed | null, { roots, path }: Source, ref: string): Schema {
  const parts = parsePath(ref);
  const result = parts
    ? typeOfPath(parts, roots)
    : { message: `"${ref}" is not a path.`, hint: "Write steps.<key>.output.<port>." };
  if ("type" in result) return result.type;
  const missing = parts?.root === "steps" ? missingStep(sketch, placed, parts) : null;
  report(sketch, {
    code: "ref.unknown",
    node: placed?.node,
    path,
    ...(missing ?? { message: `${ref}: ${result.message}`, hint: result.hint }),
  });
  return {};
}

function reportProblem(
  sketch: Sketch,
  placed: Placed | null,
  path: string,
  problem: ExpressionProblem,
  offset: number,
): void {
  const at = problem.position + offset;
  report(sketch, {
    code: problem.code,
    node: placed?.node,
    path,
    message: `${placed ? `${nameOf(placed.node)}, ` : ""}${path}: ${problem.message} (at character ${at + 1})`,
    hint: problem.hint,
    span: { from: at, to: problem.end + offset },
  });
}

/** Why a step is not there: inside another body, switched off, or never was. */
function missingStep(
  sketch: Sketch,
  placed: Placed | null,
  { segments }: PathParts,
): { message: string; hint: string } | null {
  const key = segments[0];
  if (typeof key !== "string") return null;
  const off = [...sketch.disabled.values()].find((node) => node.key === key);
  if (off)
    return {
      message: `${nameOf(off)} is switched off, so its values are not there.`,
      hint: "Switch it on, or stop reading it.",
    };
  const step = sketch.byKey.get(key);
  if (!step)
    return {
      message: `There is no step ${key}.`,
      hint: didYouMean(key, [...sketch.byKey.keys()], "Name a step of this canvas."),
    };
  if (step.parent !== null && step.parent !== placed?.parent)
    return {
      message: `${nameOf(step.node)} is inside ${nameOf(step.parent.node)}, so it has one value per ${step.parent.kind.body === "turns" ? "turn" : "item"}.`,
      hint: `Read steps.${step.parent.node.key}.output.${step.parent.kind.body === "turns" ? "last" : "items"} instead.`,
    };
  return null;
}

/** Reports a value that does not fit what is needed. */
export function checkFit(sketch: Sketch, placed: Placed, source: Source, type: Schema, want: Schema): void {
  const fit = fits(type, want);
  if (fit === "yes" || (fit === "maybe" && variantsOf(type) === null)) return;
  const what =
    source.port === undefined
      ? `${source.path} of ${nameOf(placed.node)}`
      : `the input "${source.port}" of ${nameOf(placed.node)}`;
  report(sketch, {
    code: source.port === undefined ? "expr.type" : "port.type",
    severity: fit === "no" ? "error" : "warning",
    node: placed.node,
    path: source.path,
    message: `${fit === "no" ? "This does not fit" : "This may not fit"} ${what}: ${whyNot(type, want)}.`,
    hint: `${describeSchema(want)} is needed; this gives ${describeSchema(type)}. Map or transform it.`,
  });
}

function checkRequired(sketch: Sketch, placed: Placed): void {
  if (!placed.configOk) return;
  for (const [name, port] of Object.entries(placed.ports.inputs))
    if (port.required && !Object.hasOwn(placed.inputs, name))
      report(sketch, {
        code: "port.missing",
        node: placed.node,
        path: `inputs.${name}`,
        message: `${nameOf(placed.node)} needs "${port.title ?? placed.kind.form[name]?.label ?? name}".`,
        hint: "Wire it or fill it in.",
      });
  if (placed.portsUncertain) return;
  for (const name of unknownInputs(placed))
    report(sketch, {
      code: "port.unknown",
      node: placed.node,
      path: `inputs.${name}`,
      message: `${nameOf(placed.node)} has no input "${name}".`,
      hint: didYouMean(name, Object.keys(placed.ports.inputs), "Remove it."),
    });
}
