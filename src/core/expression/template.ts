// Text with {{ expressions }} in it.
import { StepError } from "../failure.ts";
import type { JsonObject } from "../json.ts";
import { evaluateExpression } from "./evaluate.ts";
import { jsonText } from "./values.ts";

/** `start` and `end` are offsets of the part in the template; for an expression, of the text between the braces. */
export type TemplatePart =
  | { text: string; start: number; end: number }
  | { expr: string; start: number; end: number; closed: boolean };

/** The parts of a template in order. Braces and quotes inside an expression are understood, so `{{ {"a": "}}"} }}` is one. */
export function templateParts(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  while (from < template.length) {
    const open = template.indexOf("{{", from);
    const textEnd = open < 0 ? template.length : open;
    if (textEnd > from) parts.push({ text: template.slice(from, textEnd), start: from, end: textEnd });
    if (open < 0) break;
    const close = closingBraces(template, open + 2);
    const end = close < 0 ? template.length : close;
    parts.push({ expr: template.slice(open + 2, end), start: open + 2, end, closed: close >= 0 });
    from = close < 0 ? end : end + 2;
  }
  return parts;
}

function closingBraces(template: string, from: number): number {
  let [depth, quote] = [0, ""];
  for (let at = from; at < template.length; at++) {
    const character = template.charAt(at);
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{") depth++;
    else if (character === "}" && depth > 0) depth--;
    else if (character === "}" && template[at + 1] === "}") return at;
  }
  return -1;
}

const largest = 1_000_000;

/**
 * The text of a template over a scope: strings go in as they are, null as nothing, the rest as JSON.
 * @throws StepError as evaluateExpression does, and `expression_failed` for an unclosed `{{`
 */
export function renderTemplate(template: string, scope: JsonObject): string {
  if (!template.includes("{{")) return template;
  let text = "";
  for (const part of templateParts(template)) {
    if ("text" in part) text += part.text;
    else if (!part.closed)
      throw new StepError("validation", "expression_failed", "A {{ in the text is never closed.", {
        hint: "Close it with }}.",
      });
    else text += jsonText(evaluateExpression(part.expr, scope));
    if (text.length > largest)
      throw new StepError(
        "validation",
        "expression_limit",
        "The text made from a template is larger than 1 MB.",
        { hint: "Keep large text in an artifact." },
      );
  }
  return text;
}
