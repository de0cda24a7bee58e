// Third pass: wires become inputs and dependencies.
import { isItemWire } from "./connect-wires.ts";
import { nameOf, report, type Placed, type Sketch, type Wire } from "./sketch.ts";

export function fillInputs(sketch: Sketch): void {
  for (const placed of sketch.placed) {
    if (placed.kind.role === "trigger") continue;
    if (placed.incoming.length === 0) continue;
    const wired: string[] = [];
    const many = portForMany(placed);
    const ways: Wire[] = [];
    for (const wire of placed.incoming) {
      addDep(placed, wire);
      const port = wire.edge.targetPort ?? many;
      if (port === undefined) continue;
      if (placed.ports.inputs[port]?.many) {
        ways.push(wire);
        continue;
      }
      if (wired.includes(port)) reportTwoWires(sketch, placed, port);
      else {
        placed.inputs[port] = { ref: refOf(wire, false) };
        wired.push(port);
      }
    }
    const data = ways.filter(({ source }) => source.kind.role !== "trigger");
    if (many !== undefined && data.length > 0) placed.ways = { port: many, wires: data };
  }
}

function portForMany({ ports }: Placed): string | undefined {
  for (const name in ports.inputs) if (ports.inputs[name]?.many) return name;
  return undefined;
}

function reportTwoWires(sketch: Sketch, placed: Placed, port: string): void {
  report(sketch, {
    code: "graph.two_wires",
    node: placed.node,
    path: `inputs.${port}`,
    message: `Two wires lead into "${port}" of ${nameOf(placed.node)}.`,
    hint: "Put a merge before it, or delete one of them.",
  });
}

/**
 * Numbers the ways into ports that take many, in the order of their sources' ranks and keys: stable under moving and shuffling nodes.
 * Each is null where its source did not run.
 */
export function numberWays(sketch: Sketch): void {
  for (const placed of sketch.placed) {
    if (!placed.ways) continue;
    const { port, wires } = placed.ways;
    const nameOfWay = ({ source, edge }: Wire) => `${source.node.key} ${edge.sourcePort}`;
    delete placed.inputs[port];
    wires
      .toSorted((a, b) => a.source.rank - b.source.rank || (nameOfWay(a) < nameOfWay(b) ? -1 : 1))
      .forEach((wire, n) => {
        const ref = refOf(wire, true);
        placed.inputs[`${port}__${n}`] = { ref };
        placed.reads.push(ref);
      });
  }
}

function refOf(wire: Wire, optional: boolean): string {
  const { edge, source } = wire;
  const mark = optional ? "?" : "";
  if (source.kind.role === "trigger") return `input${mark}`;
  if (isItemWire(wire)) return `${edge.sourcePort}${mark}`;
  const step = `steps.${source.node.key}`;
  if (edge.sourcePort === "failed") return `${step}.error${mark}`;
  return edge.sourcePort === "finished" ? `${step}.output?` : `${step}.output.${edge.sourcePort}${mark}`;
}

function addDep(placed: Placed, wire: Wire): void {
  const { edge, source } = wire;
  if (source.kind.role === "trigger" || isItemWire(wire)) return;
  const on =
    edge.sourcePort === "failed" ? "failed" : edge.sourcePort === "finished" ? "finished" : "succeeded";
  const port = source.ports.routes.includes(edge.sourcePort) ? edge.sourcePort : undefined;
  const known = placed.deps.some((dep) => dep.upstream === source && dep.on === on && dep.port === port);
  if (!known) placed.deps.push({ upstream: source, on, ...(port === undefined ? {} : { port }) });
}

/** The inputs of a node that lead nowhere: no such port, and the ports are known for sure. */
export function unknownInputs(placed: Placed): string[] {
  const { inputs } = placed.ports;
  return Object.keys(placed.inputs).filter(
    (name) => !Object.hasOwn(inputs, name) && !isNumbered(placed, name),
  );
}

function isNumbered(placed: Placed, name: string): boolean {
  const base = name.replace(/__\d+$/, "");
  return base !== name && placed.ports.inputs[base]?.many === true;
}
