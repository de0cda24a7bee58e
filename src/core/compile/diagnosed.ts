// A sketched workflow and what the compiler says of it: a row of the tables in the tests of diagnostics.
import type { Surroundings } from "../node.ts";
import { compiled, findings, type Sketched } from "./test-kinds.ts";

export interface Case {
  nodes: Sketched;
  wires?: string[];
  rest?: Record<string, unknown>;
  around?: Partial<Surroundings>;
}

export const work = { kind: "work" };

/** What is found, whether there is a plan all the same, and what is said without a sentence or a next step. */
export function diagnosed({ nodes, wires, rest, around }: Case) {
  const result = compiled(nodes, wires, rest, around);
  const unexplained = result.diagnostics.filter(
    ({ message, hint }) => !/^\S.*[.]|[)]$/.test(message) || hint.length <= 8,
  );
  return { found: findings(result), planned: result.plan !== null, unexplained };
}

/** What `diagnosed` says when it finds exactly this. */
export function finding(expected: readonly string[]) {
  const planned = !expected.some((one) => one.startsWith("error"));
  return { found: expected, planned, unexplained: [] };
}
