// What the document needs from outside: connections, tools, workflows.
import { Binding } from "../binding.ts";
import { didYouMean } from "../nearest.ts";
import { isSchema } from "../schema-type.ts";
import { verifierConnections } from "../verifier-kinds.ts";
import { nameOf, report, type Placed, type Sketch } from "./sketch.ts";

/** Runs before ports are checked: where the tool or workflow is gone, the ports are not known. */
export function checkSurroundings(sketch: Sketch): void {
  for (const placed of sketch.placed) checkAround(sketch, placed);
}

/** What one node needs from outside. */
export function checkAround(sketch: Sketch, placed: Placed): void {
  checkConnections(sketch, placed);
  checkTools(sketch, placed);
  checkWorkflows(sketch, placed);
}

function checkConnections(sketch: Sketch, placed: Placed): void {
  const { node, kind, config } = placed;
  for (const slug of kind.connectionsOf(config))
    checkConnection(sketch, placed, {
      slug,
      path: "config.connection",
      urlPath: "inputs.url",
      url: placed.inputs["url"],
    });
  for (const verifier of node.verifiers)
    for (const slug of verifierConnections(verifier)) {
      const path = `verifiers.${verifier.name}.config`;
      const url = Binding.safeParse(verifier.config.url).data;
      checkConnection(sketch, placed, { slug, path: `${path}.connection`, urlPath: `${path}.url`, url });
    }
}

interface ConnectionUse {
  slug: string;
  path: string;
  urlPath: string;
  url: Binding | undefined;
}

function checkConnection(sketch: Sketch, placed: Placed, use: ConnectionUse): void {
  const { node } = placed;
  const { slug, path } = use;
  const found = sketch.around.connections.find((one) => one.slug === slug);
  if (found) checkHost(sketch, placed, use, found.hosts);
  else
    report(sketch, {
      code: "connection.missing",
      severity: "warning",
      node,
      path,
      message: `${nameOf(node)} uses the connection ${slug}, which is not set up here.`,
      hint: didYouMean(
        slug,
        sketch.around.connections.map((one) => one.slug),
        "Create it under Connections before you start a run.",
      ),
    });
}

/** Only a host that is written out can be checked; the rest is checked when the call is made. */
function checkHost(sketch: Sketch, { node }: Placed, use: ConnectionUse, hosts: readonly string[]): void {
  const { slug, url } = use;
  const text = !url ? "" : "literal" in url ? String(url.literal) : "template" in url ? url.template : "";
  const host = /^https?:\/\/([^/?#{}\s@]+)(?:[/?#]|$)/i.exec(text)?.[1]?.toLowerCase().replace(/:\d+$/, "");
  if (
    host === undefined ||
    hosts.length === 0 ||
    hosts.some((allowed) => fitsHost(host, allowed.toLowerCase()))
  )
    return;
  report(sketch, {
    code: "connection.host",
    node,
    path: use.urlPath,
    message: `${nameOf(node)} calls ${host}, which the connection ${slug} does not list.`,
    hint: `It lists ${hosts.join(", ")}. Extend the list or change the URL.`,
  });
}

function fitsHost(host: string, allowed: string): boolean {
  const name = allowed.replace(/:\d+$/, "");
  return name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;
}

function checkTools(sketch: Sketch, placed: Placed): void {
  const { node, kind, config } = placed;
  for (const ref of kind.toolsOf(config)) {
    const tool = sketch.around.tools.find(
      (one) => one.connection === ref.connection && one.name === ref.name,
    );
    if (!tool || tool.status === "missing") {
      placed.portsUncertain = true;
      report(sketch, {
        code: "tool.missing",
        node,
        path: "config.tool",
        message: `${nameOf(node)} calls the tool ${ref.name}, which ${ref.connection} does not offer.`,
        hint: didYouMean(
          ref.name,
          sketch.around.tools.map(({ name }) => name),
          "Refresh the tools of the connection, or choose another one.",
        ),
      });
    } else if (tool.schemaHash !== ref.schemaHash || tool.status === "changed")
      report(sketch, {
        code: "tool.changed",
        severity: "warning",
        node,
        path: "config.tool",
        message: `The tool ${ref.name} of ${ref.connection} has changed since it was chosen for ${nameOf(node)}.`,
        hint: "Read the difference, then choose the tool again.",
      });
  }
}

function checkWorkflows(sketch: Sketch, placed: Placed): void {
  const { node, kind, config } = placed;
  for (const { slug } of kind.workflowsOf(config)) {
    if (sketch.around.workflows.some((one) => one.slug === slug)) continue;
    placed.portsUncertain = true;
    report(sketch, {
      code: "workflow.missing",
      node,
      path: "config.workflow",
      message: `${nameOf(node)} starts the workflow ${slug}, which does not exist or has no published version.`,
      hint: didYouMean(
        slug,
        sketch.around.workflows.map((one) => one.slug),
        "Publish it first.",
      ),
    });
  }
}

/** A tool that changed so that the node's inputs no longer fit it is broken, not merely changed. Runs after ports are checked. */
export function checkBrokenTools(sketch: Sketch): void {
  const changed = sketch.diagnostics.filter(({ code }) => code === "tool.changed");
  for (const { nodeId } of changed) {
    const broken = sketch.diagnostics.find(
      (one) =>
        one.nodeId === nodeId &&
        one.severity === "error" &&
        (one.code === "port.missing" || one.code === "port.type" || one.code === "port.unknown"),
    );
    const placed = nodeId === undefined ? undefined : sketch.byId.get(nodeId);
    if (!broken || !placed) continue;
    report(sketch, {
      code: "tool.breaking",
      node: placed.node,
      path: "config.tool",
      message: `${nameOf(placed.node)} no longer fits the tool it calls: ${broken.message}`,
      hint: "Rewire it to the new schema.",
    });
  }
}

/** Whether a tool says of itself that it destroys. */
export function isDestructive(sketch: Sketch, { kind, config }: Placed): boolean {
  return kind.toolsOf(config).some(({ connection, name }) => {
    const tool = sketch.around.tools.find((one) => one.connection === connection && one.name === name);
    return (
      isSchema(tool?.annotations) &&
      tool.annotations.destructiveHint === true &&
      tool.effect !== "read" &&
      tool.effect !== "pure"
    );
  });
}
