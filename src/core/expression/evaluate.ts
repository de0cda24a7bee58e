// Evaluates CEL over a scope of plain JSON.
import { Environment, EvaluationError } from "@marcbachmann/cel-js";
import { StepError } from "../failure.ts";
import type { Json, JsonObject } from "../json.ts";
import { guardedSource } from "./guard.ts";
import { guards } from "./guards.ts";
import { helpers } from "./cel-functions.ts";
import { metered } from "./meter.ts";
import { registerDefault } from "./default-macro.ts";
import { ExpressionError, parseExpression } from "./syntax.ts";
import { isNumber, sizeOf, toJson, type CelValue } from "./values.ts";

type Run = (scope: Map<string, unknown>) => CelValue;

const environment = makeEnvironment();
const compiled = new Map<string, Run>();

function makeEnvironment(): Environment {
  const made = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    // The guarded text of an expression is at most a few times larger than what the reader let through.
    limits: {
      maxAstNodes: 20_000,
      maxDepth: 400,
      maxListElements: 500,
      maxMapEntries: 500,
      maxCallArguments: 12,
    },
  });
  for (const { signature, run } of [...helpers, ...guards]) {
    const variants = numberVariants(signature);
    const handler = (...args: CelValue[]): CelValue =>
      Reflect.apply(
        run,
        undefined,
        variants.length > 1 ? args.map((value) => (isNumber(value) ? Number(value) : value)) : args,
      );
    for (const variant of variants) made.registerFunction(variant, handler, { async: false });
  }
  made.registerFunction("size__(dyn): int", (value: CelValue) => BigInt(sizeOf(value)), { async: false });
  for (const [left, right] of [
    ["int", "double"],
    ["double", "int"],
  ])
    for (const operator of ["+", "-", "*", "/"])
      made.registerOperator(
        `${left} ${operator} ${right}: double`,
        (a: number | bigint, b: number | bigint) => arithmetic(operator, Number(a), Number(b)),
      );
  for (const [left, right] of [
    ["int", "double"],
    ["double", "int"],
    ["double", "double"],
  ])
    made.registerOperator(
      `${left} % ${right}: double`,
      (a: number | bigint, b: number | bigint) => Number(a) % Number(b),
    );
  registerDefault(made);
  return made;
}

/** JSON numbers are doubles and literals are integers; a helper that takes one takes the other. */
function numberVariants(signature: string): string[] {
  const at = signature.indexOf("double");
  if (at < 0 || at > signature.indexOf(")")) return [signature];
  const [before, after] = [signature.slice(0, at), signature.slice(at + "double".length)];
  return numberVariants(after).flatMap((rest) => [`${before}double${rest}`, `${before}int${rest}`]);
}

function arithmetic(operator: string, a: number, b: number): number {
  return operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b;
}

/** Codes of the library that mean a name or an index is not there. */
export const absent: ReadonlySet<string> = new Set([
  "no_such_key",
  "unknown_variable",
  "index_out_of_bounds",
]);

/**
 * The value of an expression over the scope's roots, as plain JSON.
 * @param source CEL text
 * @param scope  roots such as `input` and `steps`, each plain JSON; prototypes are never looked at
 * @throws StepError class `validation`: `missing_value` for an absent name, `expression_limit` past the bounds,
 *         `expression_failed` for everything else
 */
export function evaluateExpression(source: string, scope: JsonObject): Json {
  try {
    const run = compiled.get(source) ?? compileSource(source);
    return metered(() => toJson(run(new Map(Object.entries(scope)))));
  } catch (cause) {
    if (cause instanceof EvaluationError && cause.code === "unsupported_type")
      return evaluateOverMaps(source, scope, cause);
    throw stepErrorOf(cause, source);
  }
}

/** The library tells objects from others by their `constructor`, so data with a field of that name has to come as maps. */
function evaluateOverMaps(source: string, scope: JsonObject, first: EvaluationError): Json {
  const maps = new Map(
    Object.entries(scope).map(([root, value]): [string, unknown] => [root, withMaps(value)]),
  );
  const run = compiled.get(source);
  if (!run) throw stepErrorOf(first, source);
  try {
    return metered(() => toJson(run(maps)));
  } catch (cause) {
    throw stepErrorOf(cause, source);
  }
}

function withMaps(value: Json): unknown {
  if (Array.isArray(value)) return value.map(withMaps);
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).map(([key, field]): [string, unknown] => [key, withMaps(field)]);
  return Object.hasOwn(value, "constructor") ? new Map(fields) : Object.fromEntries(fields);
}

function compileSource(source: string): Run {
  const run: Run = environment.parse(guardedSource(parseExpression(source)));
  if (compiled.size > 2_000) compiled.clear();
  compiled.set(source, run);
  return run;
}

const objections = new Map<string, string | null>();

/** Whether the library accepts the operators and functions of a readable expression; null, or what it says. */
export function libraryObjection(source: string): string | null {
  const known = objections.get(source);
  if (known !== undefined) return known;
  if (objections.size > 5_000) objections.clear();
  const objection = askLibrary(source);
  objections.set(source, objection);
  return objection;
}

function askLibrary(source: string): string | null {
  try {
    const result = environment.check(guardedSource(parseExpression(source)));
    return result.valid
      ? null
      : result.error && "summary" in result.error
        ? result.error.summary
        : "it does not check";
  } catch (cause) {
    return cause instanceof Error ? cause.message : "it does not check";
  }
}

function stepErrorOf(cause: unknown, source: string): StepError {
  if (cause instanceof StepError) return cause;
  const shown = source.length > 80 ? `${source.slice(0, 80)}…` : source;
  if (cause instanceof ExpressionError)
    return new StepError(
      "validation",
      cause.problem.code === "expr.limit" ? "expression_limit" : "expression_failed",
      `${cause.message} Expression: ${shown}`,
      {
        hint: cause.problem.hint,
        cause,
      },
    );
  if (cause instanceof EvaluationError && absent.has(cause.code))
    return new StepError("validation", "missing_value", `${sentence(cause.summary)} Expression: ${shown}`, {
      hint: "Use default(path, value) or has(path) where a value may be absent.",
      cause,
    });
  if (cause instanceof EvaluationError)
    return new StepError(
      "validation",
      "expression_failed",
      `${sentence(cause.summary)} Expression: ${shown}`,
      {
        hint: "Check the types of the values it works on.",
        cause,
      },
    );
  // The stack and string limits of the host: nothing else is left to throw here.
  return new StepError(
    "validation",
    "expression_limit",
    `The expression is too large to evaluate: ${shown}`,
    {
      hint: "Split it into several steps.",
      cause,
    },
  );
}

/** The library names metered operands `dyn<…>`; people never wrote that. */
function sentence(summary: string): string {
  const plain = !summary.includes("overload")
    ? summary
    : summary
        .replaceAll(/dyn<(\w+)>/g, "$1")
        .replaceAll("double", "number")
        .replaceAll(/\bint\b/g, "number");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}
