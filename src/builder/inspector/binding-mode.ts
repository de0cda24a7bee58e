// The ways a field can be filled, and how to go from one to another without losing what was typed.
import type { Binding } from "../../core/binding.ts";
import type { Schema } from "../../core/json.ts";
import { fits } from "../../core/ports.ts";

export type BindingMode = "text" | "value" | "expression" | "reference";

export const modeTitles: Record<BindingMode, string> = {
  text: "Text",
  value: "Value",
  expression: "Expression",
  reference: "Reference",
};

const path = /^[a-z]\w*(\.[A-Za-z_]\w*|\[\d+\]|\["[^"]+"\])*\??$/;

/** The modes that can fill a port of this type. */
export function modesFor(schema: Schema): BindingMode[] {
  const type = schema["type"];
  if (type === "string" && schema["enum"] === undefined) return ["text", "expression", "reference"];
  const takesText = fits({ type: "string" }, schema) !== "no" && schema["enum"] === undefined;
  return takesText ? ["value", "text", "expression", "reference"] : ["value", "expression", "reference"];
}

export function modeOf(binding: Binding | undefined, schema: Schema): BindingMode {
  const modes = modesFor(schema);
  if (binding === undefined) return modes[0] ?? "value";
  if ("ref" in binding) return "reference";
  if ("expr" in binding) return "expression";
  if ("template" in binding) return "text";
  return typeof binding.literal === "string" && modes.includes("text") ? "text" : "value";
}

/** Text without holes is a plain value; with holes it is a template. */
export function textBinding(text: string): Binding {
  return text.includes("{{") ? { template: text } : { literal: text };
}

/** The text a binding shows in the given mode. */
export function textOf(binding: Binding | undefined): string {
  if (binding === undefined) return "";
  if ("ref" in binding) return binding.ref;
  if ("expr" in binding) return binding.expr;
  if ("template" in binding) return binding.template;
  return typeof binding.literal === "string" ? binding.literal : JSON.stringify(binding.literal, null, 2);
}

/** The binding that means the same in another mode; undefined when nothing carries over. */
export function convert(binding: Binding | undefined, mode: BindingMode): Binding | undefined {
  if (binding === undefined) return undefined;
  const asExpression = (): string => {
    if ("ref" in binding) return binding.ref.replace(/\?$/, "");
    if ("expr" in binding) return binding.expr;
    if ("literal" in binding) return JSON.stringify(binding.literal);
    const only = /^\s*\{\{\s*([^{}]*?)\s*\}\}\s*$/.exec(binding.template);
    return only?.[1] ?? JSON.stringify(binding.template);
  };
  if (mode === "expression") return { expr: asExpression() };
  if (mode === "reference") {
    const source = asExpression();
    return path.test(source) ? { ref: source } : undefined;
  }
  if (mode === "text") {
    if ("literal" in binding) return textBinding(textOf(binding));
    if ("template" in binding) return binding;
    return { template: `{{ ${asExpression()} }}` };
  }
  if ("literal" in binding) return binding;
  try {
    return { literal: JSON.parse("template" in binding ? binding.template : asExpression()) };
  } catch {
    return undefined;
  }
}
