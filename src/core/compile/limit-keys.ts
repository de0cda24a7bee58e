// Keys of concurrency, rate limit and debounce. The database decides who is admitted and has no CEL, so a key may only be text put
// together of input fields, variables and literals: the compiler takes it apart into pieces the database can join.
import type { CanvasDoc } from "../canvas.ts";
import { checkExpression } from "../expression/check.ts";
import { parseExpression, type ASTNode } from "../expression/syntax.ts";
import type { Json, JsonObject } from "../json.ts";
import type { KeyPart, PlanSettings } from "../plan.ts";
import { schemaOfJson } from "../schema-type.ts";
import { report, type Sketch } from "./sketch.ts";

/** Reports every key of the settings that the database could not put together. */
export function checkLimitKeys(sketch: Sketch): void {
  const { settings, input, variables } = sketch.doc;
  const keys = {
    concurrency: settings.concurrency?.key,
    rateLimit: settings.rateLimit?.key,
    debounce: settings.debounce?.key,
  };
  const vars = Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [key, schemaOfJson(value)]),
  );
  const roots = { input, vars: { type: "object", properties: vars, additionalProperties: false } };
  for (const [setting, key] of Object.entries(keys)) {
    if (key === undefined) continue;
    const path = `settings.${setting}.key`;
    const checked = checkExpression(key, roots, { type: "string" });
    if ("error" in checked) {
      const { code, message, hint, position, end } = checked.error;
      report(sketch, { code, message, hint, path, span: { from: position, to: end } });
    } else if (!partsOf(key, variables))
      report(sketch, {
        code: "limit.key",
        path,
        message: "This key is more than text put together of input fields.",
        hint: 'Join fields and text with +, e.g. input.customer + ":" + input.region; wrap numbers in string().',
      });
  }
}

/** The settings with the parts of their keys. The keys have been checked. */
export function emitSettings({ settings, variables }: CanvasDoc): PlanSettings {
  const { concurrency, rateLimit, debounce, ...others } = settings;
  const parts = (key: string): KeyPart[] => partsOf(key, variables) ?? [];
  return {
    ...others,
    ...(concurrency && { concurrency: { ...concurrency, parts: parts(concurrency.key) } }),
    ...(rateLimit && {
      rateLimit: { ...rateLimit, ...(rateLimit.key !== undefined && { parts: parts(rateLimit.key) }) },
    }),
    ...(debounce && { debounce: { ...debounce, parts: parts(debounce.key) } }),
  };
}

/** The pieces of a key, or null when it is more than text put together. */
export function partsOf(key: string, variables: JsonObject): KeyPart[] | null {
  return piecesOf(parseExpression(key), variables);
}

function piecesOf(node: ASTNode, variables: JsonObject): KeyPart[] | null {
  if (node.op === "+") {
    const [left, right] = node.args.map((side) => piecesOf(side, variables));
    return left && right ? [...left, ...right] : null;
  }
  if (node.op === "call") {
    const [name, args] = node.args;
    const [only] = args;
    return name === "string" && only && args.length === 1 && only.op !== "+"
      ? piecesOf(only, variables)
      : null;
  }
  if (node.op === "value") return textPart(typeof node.args === "bigint" ? Number(node.args) : node.args);
  const path = pathOf(node);
  const [root, ...fields] = path ?? [];
  if (root === "input" && fields.length > 0) return [{ path: fields }];
  if (root === "vars" && fields.length > 0) return textPart(valueAt(variables, fields));
  return null;
}

function pathOf(node: ASTNode): string[] | null {
  if (node.op === "id") return [node.args];
  if (node.op === ".") {
    const parent = pathOf(node.args[0]);
    return parent && [...parent, node.args[1]];
  }
  if (node.op !== "[]") return null;
  const [holder, index] = node.args;
  const parent = pathOf(holder);
  if (!parent || index.op !== "value") return null;
  const { args: at } = index;
  return typeof at === "string" || typeof at === "number" || typeof at === "bigint"
    ? [...parent, String(at)]
    : null;
}

function valueAt(variables: JsonObject, fields: readonly string[]): Json | undefined {
  let at: Json | undefined = variables;
  for (const field of fields) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = Object.hasOwn(at, field) ? at[field] : undefined;
  }
  return at;
}

function textPart(value: unknown): KeyPart[] | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? [{ literal: String(value) }]
    : null;
}
