// Monaco with three languages and its workers from our own bundle; nothing is loaded from elsewhere.
import { loader } from "@monaco-editor/react";
import * as monaco from "monaco-editor/editor/editor.api.js";
// oxlint-disable import/default -- Vite makes the default export of a ?worker import
import EditorWorker from "monaco-editor/editor/editor.worker.js?worker";
import JsonWorker from "monaco-editor/language/json/json.worker.js?worker";
import "monaco-editor/features/bracketMatching/register.js";
import "monaco-editor/features/caretOperations/register.js";
import "monaco-editor/features/clipboard/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/comment/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/cursorUndo/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/folding/register.js";
import "monaco-editor/features/format/register.js";
import "monaco-editor/features/gotoError/register.js";
import "monaco-editor/features/hover/register.js";
import "monaco-editor/features/indentation/register.js";
import "monaco-editor/features/lineSelection/register.js";
import "monaco-editor/features/linesOperations/register.js";
import "monaco-editor/features/longLinesHelper/register.js";
import "monaco-editor/features/multicursor/register.js";
import "monaco-editor/features/parameterHints/register.js";
import "monaco-editor/features/placeholderText/register.js";
import "monaco-editor/features/readOnlyMessage/register.js";
import "monaco-editor/features/smartSelect/register.js";
import "monaco-editor/features/snippet/register.js";
import "monaco-editor/features/suggest/register.js";
import "monaco-editor/editor/contrib/suggest/browser/suggestController.js";
import "monaco-editor/features/toggleTabFocusMode/register.js";
import "monaco-editor/features/tokenization/register.js";
import "monaco-editor/features/unicodeHighlighter/register.js";
import "monaco-editor/features/wordHighlighter/register.js";
import "monaco-editor/features/wordOperations/register.js";
import "monaco-editor/language/json/monaco.contribution.js";
import "monaco-editor/languages/definitions/markdown/register.js";
import type { CodeCompletion } from "./monaco.tsx";

export { monaco };

self.MonacoEnvironment = {
  getWorker: (_id, label) => (label === "json" ? new JsonWorker() : new EditorWorker()),
};
loader.config({ monaco });

/**
 * Text that arrives at once (dictated, put in by a tool) is taken for typed letters: it brings its own closing braces and would get a second
 * pair, and its first brace, put over a selection, would be set around that instead.
 */
export const asWritten = {
  autoClosingBrackets: "never",
  autoClosingQuotes: "never",
  autoSurround: "never",
} satisfies monaco.editor.IEditorOptions;

type Rules = monaco.languages.IMonarchLanguageRule[];

const celRules: Rules = [
  [/\b(true|false|null|in)\b/, "keyword"],
  [/\b(steps|input|vars|item|index|run|trigger|output)\b/, "variable"],
  [/[A-Za-z_]\w*(?=\()/, "function"],
  [/[A-Za-z_]\w*/, "identifier"],
  [/\d+(\.\d+)?/, "number"],
  [/"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/, "string"],
  [/[<>=!&|?:+\-*/%]+/, "operator"],
];

monaco.languages.register({ id: "cel" });
monaco.languages.setLanguageConfiguration("cel", {
  brackets: [
    ["(", ")"],
    ["[", "]"],
    ["{", "}"],
  ],
  autoClosingPairs: [
    { open: "(", close: ")" },
    { open: "[", close: "]" },
    { open: "{", close: "}" },
    { open: '"', close: '"' },
    { open: "'", close: "'" },
  ],
});
monaco.languages.setMonarchTokensProvider("cel", { tokenizer: { root: celRules } });

// Text with expressions in it: {{ … }}.
monaco.languages.register({ id: "template" });
monaco.languages.setLanguageConfiguration("template", {
  brackets: [["{{", "}}"]],
  autoClosingPairs: [{ open: "{{", close: "}}" }],
});
monaco.languages.setMonarchTokensProvider("template", {
  tokenizer: {
    root: [
      [/\{\{/, { token: "hole", next: "@hole" }],
      [/[^{]+/, ""],
      [/\{/, ""],
    ],
    hole: [[/\}\}/, { token: "hole", next: "@pop" }], ...celRules],
  },
});

const kinds = {
  field: monaco.languages.CompletionItemKind.Field,
  function: monaco.languages.CompletionItemKind.Function,
  variable: monaco.languages.CompletionItemKind.Variable,
  keyword: monaco.languages.CompletionItemKind.Keyword,
};

/** Completion sources by model, since Monaco's providers are global and our editors differ. */
export const completersByModel = new Map<string, (text: string, offset: number) => CodeCompletion[]>();

function provideCompletionItems(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
): monaco.languages.CompletionList {
  const found =
    completersByModel.get(model.uri.toString())?.(model.getValue(), model.getOffsetAt(position)) ?? [];
  const word = model.getWordUntilPosition(position);
  const startOf = ({ from }: CodeCompletion) => {
    const start = from === undefined ? undefined : model.getPositionAt(from);
    return start?.lineNumber === position.lineNumber ? start.column : word.startColumn;
  };
  return {
    // The source gives only the best of what fits, so it is asked again as more is typed.
    incomplete: true,
    suggestions: found.map((entry, index) => ({
      label: entry.detail === undefined ? entry.label : { label: entry.label, description: entry.detail },
      kind: kinds[entry.sort ?? "field"],
      insertText: entry.insert ?? entry.label,
      filterText: entry.label,
      sortText: String(index).padStart(4, "0"),
      range: new monaco.Range(position.lineNumber, startOf(entry), position.lineNumber, position.column),
      ...(entry.documentation === undefined ? {} : { documentation: entry.documentation }),
    })),
  };
}

for (const language of ["cel", "template"])
  monaco.languages.registerCompletionItemProvider(language, {
    triggerCharacters: [".", "[", "(", " ", "{"],
    provideCompletionItems,
  });

const token = (name: string) => {
  // Monaco wants hex; the canvas turns any colour the tokens use into it.
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
};

/** Defines the editor theme from the page's tokens as they are now; call again when the theme changes. */
export function defineTheme(shown: "light" | "dark"): string {
  const name = `runboard-${shown}`;
  const hex = (tokenName: string) => token(tokenName).slice(1);
  monaco.editor.defineTheme(name, {
    base: shown === "dark" ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      { token: "string", foreground: hex("succeeded") },
      { token: "string.key.json", foreground: hex("ink-muted") },
      { token: "string.value.json", foreground: hex("succeeded") },
      { token: "number", foreground: hex("running") },
      { token: "keyword", foreground: hex("accent-ink") },
      { token: "variable", foreground: hex("accent-ink") },
      { token: "function", foreground: hex("cat-data") },
      { token: "hole", foreground: hex("accent-ink"), fontStyle: "bold" },
    ],
    colors: {
      "editor.background": token("raised"),
      "editor.foreground": token("ink"),
      "editorLineNumber.foreground": token("ink-faint"),
      "editorWidget.background": token("raised"),
      "editorWidget.border": token("line-strong"),
      "editorSuggestWidget.selectedBackground": token("accent-soft"),
      "editorSuggestWidget.selectedForeground": token("ink"),
      "editorSuggestWidget.highlightForeground": token("accent-ink"),
      "editorSuggestWidget.focusHighlightForeground": token("accent-ink"),
      "editorCursor.foreground": token("accent"),
      focusBorder: token("accent"),
    },
  });
  return name;
}
