// What the helpers of expressions do. Each pays for its work before it does it.
import { StepError } from "../failure.ts";
import { holds, spend } from "./meter.ts";
import { compareValues, isNumber, sameValue, textOf, toJson, type CelValue } from "./values.ts";

export function failed(message: string, hint: string): StepError {
  return new StepError("validation", "expression_failed", message, { hint });
}

export function flat(list: CelValue[]): CelValue[] {
  const items: CelValue[] = [];
  for (const item of list) {
    if (Array.isArray(item)) {
      holds(items.length + item.length);
      for (const inner of item) items.push(inner);
    } else items.push(item);
  }
  return items;
}

export function distinct(list: CelValue[]): CelValue[] {
  const seen = new Set<CelValue>();
  const kept: CelValue[] = [];
  for (const item of list) {
    spend(1);
    const key = isNumber(item) ? Number(item) : item;
    if (
      typeof item === "object" && item !== null ? kept.some((other) => sameValue(other, item)) : seen.has(key)
    )
      continue;
    seen.add(key);
    kept.push(item);
  }
  return kept;
}

export function sorted(list: CelValue[]): CelValue[] {
  spend(list.length);
  return list.toSorted((a, b) => (spend(1), compareValues(a, b)));
}

export function sum(list: CelValue[]): number {
  spend(list.length / 16);
  return list.reduce<number>((total, item) => {
    if (!isNumber(item))
      throw failed(
        "sum() found something that is not a number.",
        "Use map() to pick a number from each item.",
      );
    return total + Number(item);
  }, 0);
}

export function extreme(list: CelValue[], direction: 1 | -1): CelValue {
  return list.reduce<CelValue>(
    (best, item, n) => (n === 0 || compareValues(item, best) * direction > 0 ? item : best),
    null,
  );
}

export function range(from: number, to: number): number[] {
  const length = Math.max(0, Math.ceil(to) - Math.floor(from));
  holds(length * 16);
  return Array.from({ length }, (_, n) => from + n);
}

export function replaceAll(text: string, find: string, by: string): string {
  if (find === "") return text;
  const parts = text.split(find);
  holds(text.length + (parts.length - 1) * (by.length - find.length));
  return parts.join(by);
}

export function decode(text: string, read: (text: string) => string | null, name: string): string {
  const decoded = read(text);
  if (decoded === null)
    throw failed(`${name}() was given text it cannot read.`, "Check the value it comes from.");
  return decoded;
}

export function parseJson(text: string): CelValue {
  spend(text.length / 64);
  try {
    return toJson(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof StepError) throw cause;
    throw failed("parseJson() was given text that is not JSON.", "Check the value it comes from.");
  }
}

export function merged(a: Record<string, CelValue>, b: Record<string, CelValue>): CelValue {
  holds((Object.keys(a).length + Object.keys(b).length) * 16);
  return { ...a, ...b };
}

export function uri(text: string): string | null {
  try {
    return encodeURIComponent(text);
  } catch {
    return null;
  }
}

export function unUri(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function joined(list: CelValue[], separator: string): string {
  let text = "";
  for (let n = 0; n < list.length; n++) {
    text += (n > 0 ? separator : "") + textOf(list[n]);
    holds(text.length);
  }
  return text;
}

export const firstOf = (...args: CelValue[]) => args.find((value) => value !== null) ?? null;
