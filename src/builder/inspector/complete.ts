// Completion for expressions and templates: paths from the data tree, then the functions expressions may call.
import { helpers } from "../../core/expression/cel-functions.ts";
import type { DataEntry, DataGroup } from "./available.ts";

export interface Suggestion {
  label: string;
  detail: string;
  /** Replaces the text from `from` to the caret. */
  insert: string;
  from: number;
}

const most = 40;

/** `list.sum(): double` becomes `sum`; what stands after the last dot of its name. */
function functionName(signature: string): string {
  return /([A-Za-z_]\w*)\s*\(/.exec(signature)?.[1] ?? signature;
}

const functions = [
  ...new Map(helpers.map((helper) => [functionName(helper.signature), helper])).entries(),
].map(([name, helper]) => ({ name, method: /^[\w<>,]+\./.test(helper.signature), doc: helper.doc }));

function everyEntry(groups: readonly DataGroup[]): DataEntry[] {
  const all: DataEntry[] = [];
  const visit = (entry: DataEntry) => {
    all.push(entry);
    entry.children.forEach(visit);
  };
  for (const group of groups) group.entries.forEach(visit);
  return all;
}

/** What could follow at the caret of an expression. */
export function completeExpression(text: string, caret: number, groups: readonly DataGroup[]): Suggestion[] {
  const typed = /[A-Za-z_][\w.[\]"]*$|$/.exec(text.slice(0, caret))?.[0] ?? "";
  const from = caret - typed.length;
  const wanted = typed.toLowerCase();
  const paths = everyEntry(groups)
    .filter((entry) => {
      const path = entry.path.toLowerCase();
      return path !== wanted && (path.startsWith(wanted) || (wanted.length > 1 && path.includes(wanted)));
    })
    .toSorted((a, b) => {
      const near = (entry: DataEntry) => (entry.path.toLowerCase().startsWith(wanted) ? 0 : 1);
      return near(a) - near(b) || a.path.split(".").length - b.path.split(".").length;
    })
    .map((entry) => ({ label: entry.path, detail: entry.type, insert: entry.path, from }));
  const word = /[A-Za-z_]\w*$|$/.exec(typed)?.[0] ?? "";
  const afterDot = typed.includes(".");
  const calls = functions
    .filter(
      ({ name, method }) => (afterDot ? method : !method) && (word === "" ? afterDot : name.startsWith(word)),
    )
    .map(({ name, doc }) => ({
      label: `${name}()`,
      detail: doc,
      insert: `${name}(`,
      from: caret - word.length,
    }));
  return [...paths, ...calls].slice(0, most);
}

/** Inside `{{ … }}` as an expression; nothing outside. Closes the braces when they are open. */
export function completeTemplate(text: string, caret: number, groups: readonly DataGroup[]): Suggestion[] {
  const before = text.slice(0, caret);
  const open = before.lastIndexOf("{{");
  if (open === -1 || before.indexOf("}}", open) !== -1) return [];
  const inner = open + 2;
  const closed = /^[^{]*?\}\}/.test(text.slice(caret));
  const pad = (from: number) => (from === 0 ? " " : "");
  return completeExpression(text.slice(inner), caret - inner, groups).map((suggestion) => ({
    ...suggestion,
    insert:
      pad(suggestion.from) + suggestion.insert + (closed || suggestion.insert.endsWith("(") ? "" : " }}"),
    from: suggestion.from + inner,
  }));
}
