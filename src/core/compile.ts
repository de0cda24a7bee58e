// From the canvas to the plan: pure, total and deterministic. The same canvas gives the same plan wherever its nodes stand.
import { CanvasDoc } from "./canvas.ts";
import { checkPolicies } from "./compile/check-policies.ts";
import { checkLimitKeys } from "./compile/limit-keys.ts";
import { checkRoutes } from "./compile/check-routes.ts";
import { checkSources } from "./compile/check-sources.ts";
import { checkBrokenTools, checkSurroundings } from "./compile/check-surroundings.ts";
import { checkTriggers, placeTriggers } from "./compile/check-triggers.ts";
import { Conditions } from "./compile/conditions.ts";
import { connectWires } from "./compile/connect-wires.ts";
import { checkOutput, emitOutput, outputSteps } from "./compile/emit-output.ts";
import { emitPlan } from "./compile/emit-plan.ts";
import { fillInputs, numberWays } from "./compile/fill-inputs.ts";
import { findRisks } from "./compile/find-risks.ts";
import { findSecrets } from "./compile/find-secrets.ts";
import { addNamedDependencies, markImplied, stepMentions } from "./compile/name-dependencies.ts";
import { orderNodes } from "./compile/order-nodes.ts";
import { parseDocument } from "./compile/parse-document.ts";
import { placeNodes } from "./compile/place-nodes.ts";
import { findUnreached } from "./compile/reach.ts";
import { checkRollbacks } from "./compile/rollbacks.ts";
import { Scopes } from "./compile/scopes.ts";
import { isStep, report, type Sketch } from "./compile/sketch.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Sha256 } from "./hash.ts";
import type { Registry, Surroundings } from "./node.ts";
import type { Plan } from "./plan.ts";
import { pathText } from "./validate.ts";

export interface CompileOptions {
  /** The workflow's title; people read it on every run, so it counts for the plan's hash. */
  title: string;
  /** Digest of UTF-8 text as 64 lower-case hex characters. */
  sha256: Sha256;
}

export interface Compiled {
  /** Present exactly when no diagnostic is an error. */
  plan: Plan | null;
  /** Errors first, then by node key and place. */
  diagnostics: Diagnostic[];
}

/**
 * Compiles a canvas. Never throws: a malformed document gives `document.invalid`.
 * @param registry the node kinds of this installation
 * @param around   tools, workflows and connections the document may name
 */
export function compile(
  doc: CanvasDoc,
  registry: Registry,
  around: Surroundings,
  options: CompileOptions,
): Compiled {
  try {
    return compileParsed(doc, registry, around, options);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return invalid([
      {
        code: "document.invalid",
        severity: "error",
        message: `The document cannot be compiled: ${message.slice(0, 200)}.`,
        hint: "Undo the last change.",
      },
    ]);
  }
}

function invalid(diagnostics: Diagnostic[]): Compiled {
  return { plan: null, diagnostics };
}

function compileParsed(
  doc: CanvasDoc,
  registry: Registry,
  around: Surroundings,
  options: CompileOptions,
): Compiled {
  const parsed = parseDocument(doc);
  if (!parsed.success)
    return invalid(
      parsed.error.issues.slice(0, 20).map((issue): Diagnostic => ({
        code: "document.invalid",
        severity: "error",
        path: pathText(issue.path),
        message: `${pathText(issue.path) || "The document"}: ${issue.message}.`,
        hint: "Undo the last change, or correct the file by hand.",
      })),
    );
  const sketch: Sketch = {
    doc: parsed.data,
    around,
    kinds: new Map(registry.map((kind) => [kind.kind, kind])),
    diagnostics: [],
    placed: [],
    byId: new Map(),
    byKey: new Map(),
    disabled: new Map(),
    outputs: new Map(),
    unreached: new Set(),
  };
  const plan = runPasses(sketch, options);
  const diagnostics = sorted(sketch);
  const refused = diagnostics.some(({ severity }) => severity === "error");
  if (!plan && !refused) throw new Error("no pass said why there is no plan");
  return { plan: refused ? null : plan, diagnostics };
}

function runPasses(sketch: Sketch, options: CompileOptions): Plan | null {
  placeNodes(sketch);
  placeTriggers(sketch);
  checkSurroundings(sketch);
  connectWires(sketch);
  fillInputs(sketch);
  const scopes = new Scopes(sketch);
  const mentions = checkSources(sketch, scopes);
  checkTriggers(sketch, scopes);
  checkRollbacks(sketch, scopes);
  checkBrokenTools(sketch);
  checkPolicies(sketch);
  checkLimitKeys(sketch);
  findSecrets(sketch);
  const named = stepMentions(sketch, mentions);
  addNamedDependencies(named);
  const ordered = orderNodes(sketch);
  sketch.unreached = findUnreached(sketch, mentions, outputSteps(sketch));
  if (ordered) markImplied(named);
  const conditions = ordered && new Conditions(ordered);
  const types = checkOutput(sketch, scopes, conditions);
  if (!conditions) return null;
  checkRoutes(sketch, conditions, named);
  numberWays(sketch);
  const risks = findRisks(sketch);
  if (sketch.diagnostics.some((one) => one.severity === "error" && !isUnreached(sketch, one))) return null;
  const output = emitOutput(sketch, types);
  if (!sketch.placed.some((placed) => isStep(placed) && !sketch.unreached.has(placed)) && !output.step)
    report(sketch, {
      code: "graph.unreachable",
      severity: "warning",
      message: "The workflow has no steps yet.",
      hint: "Add a node and wire the trigger to it.",
    });
  return emitPlan(sketch, conditions, output, risks, options);
}

function isUnreached(sketch: Sketch, { nodeId, code }: Diagnostic): boolean {
  if (code === "document.invalid" || code === "graph.too_large" || code === "graph.cycle") return false;
  const placed = nodeId === undefined ? undefined : sketch.byId.get(nodeId);
  return placed !== undefined && sketch.unreached.has(placed);
}

const rank = { error: 0, warning: 1, info: 2 } as const;

/** What is not part of the plan cannot stop it: errors of unreached nodes become warnings. */
function sorted(sketch: Sketch): Diagnostic[] {
  const keys = new Map(sketch.doc.nodes.map(({ id, key }) => [id, key]));
  const place = ({ nodeId, path, code, message }: Diagnostic) =>
    `${nodeId === undefined ? "" : (keys.get(nodeId) ?? "")} ${path ?? ""} ${code} ${message}`;
  return sketch.diagnostics
    .map((one): Diagnostic =>
      one.severity === "error" && isUnreached(sketch, one) ? { ...one, severity: "warning" } : one,
    )
    .sort((a, b) => rank[a.severity] - rank[b.severity] || (place(a) < place(b) ? -1 : 1));
}
