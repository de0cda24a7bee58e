// Whether the checks of a node's output can be carried out as they stand, and by whom.
import { z } from "zod";
import { didYouMean } from "../nearest.ts";
import type { Verifier } from "../plan.ts";
import { queryProblem } from "../sql-guard.ts";
import { pathText } from "../validate.ts";
import { verifierKinds } from "../verifier-kinds.ts";
import { nameOf, report, type Finding, type Placed, type Sketch } from "./sketch.ts";

type Say = (finding: Omit<Finding, "node" | "path"> & { field?: string }) => void;

export function checkVerifiers(sketch: Sketch, placed: Placed): void {
  const { node } = placed;
  const names = new Set<string>(["ports"]);
  for (const verifier of node.verifiers) {
    const { name, kind } = verifier;
    const path = `verifiers.${name}`;
    const say: Say = ({ field, ...finding }) =>
      report(sketch, { ...finding, node, path: field === undefined ? path : `${path}.config.${field}` });
    if (names.has(name))
      say({
        code: "node.config",
        message: `${nameOf(node)} has two checks called ${name}.`,
        hint:
          name === "ports"
            ? "The automatic check is called ports; take another name."
            : "Rename one of them.",
      });
    names.add(name);
    if (placed.kind.role === "container")
      say({
        code: "node.config",
        message: `${nameOf(node)} repeats other nodes, so it has no output of its own to check.`,
        hint: "Move the check to a node inside, or to the one that takes the items.",
      });
    if (!checkConfig(verifier, placed, say)) continue;
    if (kind === "sql") checkQuery(verifier, say);
    if (kind === "http") checkPolling(verifier, say);
    if (kind === "checksum") checkDigest(verifier, say);
    if (kind === "llm_judge") checkJudge(sketch, placed, verifier, say);
  }
}

function checkConfig({ name, kind, config }: Verifier, { node }: Placed, say: Say): boolean {
  const parsed = verifierKinds[kind].config.safeParse(config);
  if (!parsed.success) {
    for (const issue of parsed.error.issues.slice(0, 3)) {
      const field = pathText(issue.path);
      say({
        code: "node.config",
        ...(field === "" ? {} : { field }),
        message: `The check ${name} of ${nameOf(node)}: ${field === "" ? "" : `${field}: `}${issue.message}.`,
        hint: "Fill it in, or remove the check.",
      });
    }
    return false;
  }
  const url = kind === "http" ? config.url : undefined;
  const empty =
    (kind === "json_schema" && config.schema === undefined && config.target === undefined && "schema") ||
    (kind === "http" && isEmptyText(url) && "url") ||
    (kind === "checksum" && isEmptyText(config.sha256) && "sha256");
  if (empty === false) return true;
  say({
    code: "node.config",
    field: empty,
    message: `The check ${name} of ${nameOf(node)} has no ${empty}.`,
    hint: "Fill it in, or remove the check.",
  });
  return false;
}

/** Absent, or a text that holds nothing yet. */
function isEmptyText(binding: unknown): boolean {
  if (binding === undefined) return true;
  const found = z
    .union([z.strictObject({ template: z.string() }), z.strictObject({ literal: z.string() })])
    .safeParse(binding);
  if (!found.success) return false;
  const text = "template" in found.data ? found.data.template : found.data.literal;
  return text.trim() === "" || text.trim() === "https://";
}

function checkQuery({ name, config }: Verifier, say: Say): void {
  const problem = queryProblem(String(config.query));
  if (problem !== null)
    say({
      code: "node.config",
      field: "query",
      message: `The query of ${name} is refused: ${problem}`,
      hint: "Write one select over workflows, lanes, runs, steps, attempts or artifacts.",
    });
}

function checkPolling({ name, config }: Verifier, say: Say): void {
  if (config.body !== undefined && config.method !== "POST")
    say({
      code: "node.config",
      field: "body",
      message: `${name} asks with ${String(config.method ?? "GET")}, which carries no body.`,
      hint: "Choose POST, or clear the body.",
    });
  if (config.maxWaitMs !== undefined && config.pollMs === undefined)
    say({
      code: "node.config",
      field: "maxWaitMs",
      message: `${name} says when to give up, but not how often to ask.`,
      hint: "Set how often it asks again, or clear the time.",
    });
}

function checkDigest({ name, config }: Verifier, say: Say): void {
  const expected = z.strictObject({ literal: z.string() }).safeParse(config.sha256).data?.literal;
  const template = z.strictObject({ template: z.string() }).safeParse(config.sha256).data?.template;
  const text = expected ?? (template?.includes("{{") === true ? undefined : template);
  if (text !== undefined && !/^[0-9a-f]{64}$/i.test(text.trim()))
    say({
      code: "node.config",
      field: "sha256",
      message: `${name} expects a SHA-256, which has 64 hexadecimal digits.`,
      hint: "Paste the whole digest, or bind it.",
    });
}

/** A config that names the models its node asks. */
const Author = z.looseObject({
  chain: z.array(z.looseObject({ connection: z.string(), model: z.string() })),
});

function checkJudge(
  sketch: Sketch,
  { node, config: authorConfig }: Placed,
  verifier: Verifier,
  say: Say,
): void {
  const { name, config } = verifier;
  const connection = config.connection ?? "sandbox";
  const model = config.model ?? "sandbox-1";
  if (connection === "sandbox") {
    say({
      code: "verifier.sandbox_judge",
      severity: "warning",
      field: "connection",
      message: `${name} of ${nameOf(node)} asks the sandbox, which reads nothing and passes everything.`,
      hint: "Choose a connection to a language model before this goes live.",
    });
    return;
  }
  const models = sketch.around.connections.filter(({ kind }) => kind !== "http" && kind !== "mcp");
  const known = sketch.around.connections.find(({ slug }) => slug === connection);
  if (known && !models.includes(known))
    say({
      code: "node.config",
      field: "connection",
      message: `The connection ${String(connection)} of ${name} leads to no language model.`,
      hint: didYouMean(
        String(connection),
        models.map(({ slug }) => slug),
        "Choose one that does.",
      ),
    });
  const author = Author.safeParse(authorConfig).data?.chain ?? [];
  if (author.some((one) => one.connection === connection && one.model === model))
    say({
      code: "verifier.own_judge",
      severity: "warning",
      field: "model",
      message: `${name} lets ${String(model)} judge what it may have written itself.`,
      hint: "Models are kind to their own work: choose another one.",
    });
}
