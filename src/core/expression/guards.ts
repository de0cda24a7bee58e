// The functions guarded expressions are written with; people cannot write their names.
import { failed, joined } from "./helper-functions.ts";
import type { Helper } from "./cel-functions.ts";
import { holds, spend } from "./meter.ts";
import { isRecord, sameValue, type CelValue } from "./values.ts";

export const guards: readonly Helper[] = [
  { signature: "same__(dyn, dyn): bool", doc: "", run: sameValue },
  { signature: "within__(dyn, dyn): bool", doc: "", run: within },
  { signature: "held__(dyn): dyn", doc: "", run: (value: CelValue) => (hold(value), value) },
  {
    signature: "paid__(dyn): dyn",
    doc: "",
    run: (value: CelValue) => (spend(typeof value === "string" ? 1 + value.length / 256 : 1), value),
  },
  { signature: "slow__(dyn): dyn", doc: "", run: (value: CelValue) => (spend(500), value) },
  {
    signature: "each__(dyn): dyn",
    doc: "",
    run: (value: CelValue) => (spend(turnsOf(value)), value),
  },
  {
    // These loops swallow what a turn throws and go on, and making an error takes as long as several turns.
    signature: "tried__(dyn): dyn",
    doc: "",
    run: (value: CelValue) => (spend(5 * turnsOf(value)), value),
  },
  {
    signature: "index__(dyn): dyn",
    doc: "",
    run: (value: CelValue) => (
      spend(1),
      typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value
    ),
  },
  {
    signature: "string.split__(string): list<string>",
    doc: "",
    run: (text: string, by: string) => parts(text, by),
  },
  { signature: "string.split__(string, int): list<string>", doc: "", run: parts },
  { signature: "list.join__(): string", doc: "", run: (list: CelValue[]) => joined(list, "") },
  { signature: "list.join__(string): string", doc: "", run: joined },
];

function turnsOf(value: CelValue): number {
  return Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 1;
}

/** As CEL's split: with a limit the last part holds the rest, and a limit below zero is none. */
function parts(text: string, by: string, limit: bigint = -1n): string[] {
  spend(1 + text.length / 16);
  const all = text.split(by);
  const most = Number(limit);
  if (most === 0) return [];
  return most < 0 || all.length <= most ? all : [...all.slice(0, most - 1), all.slice(most - 1).join(by)];
}

function within(value: CelValue, holder: CelValue): boolean {
  if (Array.isArray(holder)) return holder.some((item) => sameValue(item, value));
  if (isRecord(holder)) return typeof value === "string" && Object.hasOwn(holder, value);
  if (typeof holder === "string" && typeof value === "string")
    return (holds(holder.length), holder.includes(value));
  throw failed("in needs a list or an object on its right.", "Use contains() for text.");
}

function hold(value: CelValue): void {
  if (typeof value === "string" || Array.isArray(value)) holds(value.length);
  else if (value instanceof Uint8Array) holds(value.length);
}
