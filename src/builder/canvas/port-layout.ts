// Where ports sit on a card. Cards keep their size, so ports move closer as they become more.
import type { Port, Ports } from "../../core/node.ts";
import { nodeCardSize } from "../../ui/node-card.tsx";
import { orderHandle } from "./flow-nodes.ts";

const widest = 13;
const room = 44;
const mostPorts = 6;

export interface PlacedPort {
  id: string;
  top: number;
}

export interface PortLayout {
  inputs: PlacedPort[];
  outputs: PlacedPort[];
}

function spread(ids: readonly string[]): PlacedPort[] {
  const step = ids.length > 1 ? Math.min(widest, room / (ids.length - 1)) : 0;
  const first = nodeCardSize.height / 2 - ((ids.length - 1) * step) / 2;
  return ids.map((id, index) => ({ id, top: first + index * step }));
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

/** The "after" port sits in the middle of the left side, so that plain chains are straight lines. */
export function layoutPorts(
  ports: Ports,
  takesWires: boolean,
  wiredIn: ReadonlySet<string>,
  wiredOut: ReadonlySet<string>,
): PortLayout {
  const values = shown(ports.inputs, wiredIn, mostPorts - 1);
  const middle = Math.floor(values.length / 2);
  const inputs = takesWires ? [...values.slice(0, middle), orderHandle, ...values.slice(middle)] : [];
  const outputs = shown(ports.outputs, wiredOut, mostPorts);
  return { inputs: spread(inputs), outputs: spread(outputs.length > 0 ? outputs : ["finished"]) };
}
