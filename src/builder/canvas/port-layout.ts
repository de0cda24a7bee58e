// Where ports sit on a card. Cards keep their size, so ports move closer as they become more.
import type { Port, Ports } from "../../core/node.ts";
import { nodeCardSize } from "../../ui/node-card.tsx";
import { orderHandle } from "./flow-nodes.ts";

const widest = 13;
/** Half the height of a card, less what its rounded corners take. */
const reach = 22;
const mostPorts = 6;

export interface PlacedPort {
  id: string;
  top: number;
}

export interface PortLayout {
  inputs: PlacedPort[];
  outputs: PlacedPort[];
}

/** Ports around the one at `anchor`, which sits in the middle of the side. */
function around(ids: readonly string[], anchor: number): PlacedPort[] {
  const furthest = Math.max(anchor, ids.length - 1 - anchor);
  const step = furthest > 0 ? Math.min(widest, reach / furthest) : 0;
  return ids.map((id, index) => ({ id, top: nodeCardSize.height / 2 + (index - anchor) * step }));
}

/** One of the ports in the middle, the others around it in their order. */
function centred(first: string, others: readonly string[]): PlacedPort[] {
  const above = Math.floor(others.length / 2);
  return around([...others.slice(0, above), first, ...others.slice(above)], above);
}

/** The ports worth a handle: wired ones always (also those that no longer exist, so that their wires stay in sight), then required ones, then the rest while there is room. */
function shown(ports: Record<string, Port>, wired: ReadonlySet<string>, room: number): string[] {
  const reserved = [orderHandle, "failed", "finished"];
  const lost = [...wired].filter((key) => !(key in ports) && !reserved.includes(key));
  const keys = [...Object.keys(ports), ...lost];
  if (keys.length <= room) return keys;
  const weight = (key: string) => (wired.has(key) ? 0 : ports[key]?.required ? 1 : 2);
  const best = new Set(keys.toSorted((a, b) => weight(a) - weight(b)).slice(0, room));
  return keys.filter((key) => best.has(key) || wired.has(key));
}

/** The "after" port and the main output sit in the middle of their sides, so that plain chains are straight lines. */
export function layoutPorts(
  ports: Ports,
  takesWires: boolean,
  wiredIn: ReadonlySet<string>,
  wiredOut: ReadonlySet<string>,
): PortLayout {
  const inputs = takesWires ? centred(orderHandle, shown(ports.inputs, wiredIn, mostPorts - 1)) : [];
  const outputs = shown(ports.outputs, wiredOut, mostPorts);
  const [first = "finished", ...rest] = outputs;
  return {
    inputs,
    outputs: ports.routes.length > 0 ? around(outputs, (outputs.length - 1) / 2) : centred(first, rest),
  };
}
