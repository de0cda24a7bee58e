// default(path, value): the one function that looks at a value which may be absent.
import { EvaluationError, type ASTNode, type Environment } from "@marcbachmann/cel-js";

interface Call {
  args: [ASTNode, ASTNode];
}
interface Checker<Context> {
  check(node: ASTNode, context: Context): unknown;
  getType(name: string): unknown;
}
interface Evaluator<Context> {
  run(node: ASTNode, context: Context): unknown;
}

const absent = new Set(["no_such_key", "unknown_variable", "index_out_of_bounds"]);

/** Adds `default(value, fallback)` as a macro: the fallback stands in for an absent name, an index past the end, and null. */
export function registerDefault(environment: Environment): void {
  environment.registerFunction(
    "default(ast, ast): dyn",
    ({ args }: Call) => ({
      args,
      typeCheck<C>(checker: Checker<C>, macro: Call, context: C) {
        for (const argument of macro.args) checker.check(argument, context);
        return checker.getType("dyn");
      },
      evaluate<C>(evaluator: Evaluator<C>, macro: Call, context: C) {
        try {
          return evaluator.run(macro.args[0], context) ?? evaluator.run(macro.args[1], context);
        } catch (cause) {
          if (cause instanceof EvaluationError && absent.has(cause.code))
            return evaluator.run(macro.args[1], context);
          throw cause;
        }
      },
    }),
    { async: false },
  );
}
