import { Editor } from "@monaco-editor/react";
import { useEffect, useId, useMemo, useState } from "react";
import type { CodeEditorProps } from "./monaco.tsx";
import { useCompletions, useEcho, useMarkers, type EditorInstance } from "./monaco-hooks.ts";
import { asWritten, defineTheme, type monaco } from "./monaco-setup.ts";
import { useTheme } from "./theme.ts";

const shared: monaco.editor.IStandaloneEditorConstructionOptions = {
  fontFamily: '"JetBrains Mono Variable", monospace',
  fontSize: 12,
  lineHeight: 18,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  automaticLayout: true,
  wordWrap: "on",
  tabSize: 2,
  renderLineHighlight: "none",
  overviewRulerLanes: 0,
  // What is edited may come from anywhere; nothing in it can be clicked.
  links: false,
  fixedOverflowWidgets: true,
  padding: { top: 6, bottom: 6 },
  // Tab leaves the editor, so that a form stays usable by keyboard.
  tabFocusMode: true,
  ...asWritten,
};

const compactOptions: monaco.editor.IStandaloneEditorConstructionOptions = {
  lineNumbers: "off",
  wordWrap: "off",
  folding: false,
  glyphMargin: false,
  lineDecorationsWidth: 6,
  lineNumbersMinChars: 0,
  padding: { top: 5, bottom: 4 },
  scrollbar: { vertical: "hidden", horizontal: "hidden", alwaysConsumeMouseWheel: false },
};

export function MonacoEditor(props: CodeEditorProps) {
  const {
    value,
    onChange,
    language,
    label,
    height,
    readOnly = false,
    compact = false,
    markers,
    complete,
    onBlur,
  } = props;
  const { shown } = useTheme();
  const theme = useMemo(() => defineTheme(shown), [shown]);
  const path = `inmemory://runboard/${useId()}`;
  const [instance, setInstance] = useState<EditorInstance | null>(null);
  const heard = useEcho(instance, value);
  useCompletions(instance, complete);
  useMarkers(instance, markers);
  useEffect(() => {
    if (!instance || !onBlur) return;
    const listening = instance.onDidBlurEditorWidget(onBlur);
    return () => listening.dispose();
  }, [instance, onBlur]);
  return (
    <Editor
      height={height ?? 200}
      path={path}
      language={language}
      theme={theme}
      defaultValue={value}
      onChange={(next) => {
        if (heard(next ?? "")) onChange?.(next ?? "");
      }}
      onMount={setInstance}
      loading={null}
      options={{ ...shared, ...(compact ? compactOptions : {}), readOnly, ariaLabel: label }}
    />
  );
}
