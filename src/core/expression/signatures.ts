// The functions and methods expressions may call, with their types as schemas; read off the library and our helpers.
import { Environment } from "@marcbachmann/cel-js";
import type { Schema } from "../json.ts";
import { helpers, returnSchemas, type Helper } from "./cel-functions.ts";
import { kindOfTypeName, type CelKind } from "./kinds.ts";

export interface Signature {
  name: string;
  /** What the method is called on; undefined for a function, null for anything. */
  receiver?: CelKind | null;
  /** null is anything. */
  params: (CelKind | null)[];
  returns: Schema;
  gives: Helper["gives"];
  doc: string;
}

const docs: Readonly<Record<string, string>> = {
  size: "The number of characters, items or fields.",
  contains: "Whether the text has the other in it.",
  startsWith: "Whether the text starts so.",
  endsWith: "Whether the text ends so.",
  trim: "The text without white space around it.",
  split: "The parts of the text between separators.",
  join: "The items as one text, with a separator between them.",
  substring: "The text from one position up to another.",
  indexOf: "The position of the other text, or -1.",
  lastIndexOf: "The last position of the other text, or -1.",
  string: "The value as text.",
  int: "The value as a whole number.",
  double: "The value as a number.",
  bool: "The text true or false as a boolean.",
  timestamp: "The time some ISO 8601 text names.",
  duration: "A length of time such as 90s or 1h30m.",
};

/** Library functions that are not offered: regular expressions, types as values, and what only serves other number types. */
const withheld = new Set([
  "matches",
  "type",
  "dyn",
  "uint",
  "bytes",
  "lowerAscii",
  "upperAscii",
  "all",
  "exists",
  "exists_one",
  "map",
  "filter",
  "has",
  "bind",
]);

function parse(signature: string): {
  name: string;
  receiver: string | undefined;
  params: string[];
  returns: string;
} {
  const found = /^(?:([\w.<>, ]+)\.)?(\w+)\(([^)]*)\): (.+)$/.exec(signature);
  const [, receiver, name = "", params = "", returns = "dyn"] = found ?? [];
  return { name, receiver, params: params === "" ? [] : params.split(/, (?![^<]*>)/), returns };
}

function signatureOf(text: string, gives: Helper["gives"], doc: string): Signature {
  const { name, receiver, params, returns } = parse(text);
  return {
    name,
    params: params.map(kindOfTypeName),
    returns: returnSchemas[returns] ?? {},
    gives,
    doc,
    ...(receiver === undefined ? {} : { receiver: kindOfTypeName(receiver) }),
  };
}

function all(): Signature[] {
  const library = new Environment({ unlistedVariablesAreDyn: true }).getDefinitions().functions;
  const own = helpers.map(({ signature, gives, doc }) => signatureOf(signature, gives, doc));
  const theirs = library
    .filter(
      ({ name, signature }) => !withheld.has(name) && !/optional|Optional|CelNamespace|uint/.test(signature),
    )
    .map(({ name, signature }) => signatureOf(signature, undefined, docs[name] ?? ""));
  return [...own, ...theirs];
}

export const signatures: readonly Signature[] = all();

const byName = new Map<string, Signature[]>();
for (const signature of signatures)
  byName.set(signature.name, [...(byName.get(signature.name) ?? []), signature]);

/** Every overload of a function or method of that name. */
export function overloadsOf(name: string, method: boolean): Signature[] {
  return (byName.get(name) ?? []).filter(({ receiver }) => (receiver !== undefined) === method);
}
