import { Editor } from "@monaco-editor/react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { CodeEditorProps } from "./monaco.tsx";
import { completersByModel, defineTheme, monaco } from "./monaco-setup.ts";
import { useTheme } from "./theme.ts";

type EditorInstance = monaco.editor.IStandaloneCodeEditor;

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

function useCompletions(instance: EditorInstance | null, complete: CodeEditorProps["complete"]): void {
  useEffect(() => {
    const uri = instance?.getModel()?.uri.toString();
    if (uri === undefined || !complete) return;
    completersByModel.set(uri, complete);
    return () => {
      completersByModel.delete(uri);
    };
  }, [instance, complete]);
}

function useMarkers(instance: EditorInstance | null, markers: CodeEditorProps["markers"]): void {
  useEffect(() => {
    const model = instance?.getModel();
    if (!model) return;
    monaco.editor.setModelMarkers(
      model,
      "runboard",
      (markers ?? []).map((marker) => {
        const start = model.getPositionAt(marker.from);
        const end = model.getPositionAt(Math.max(marker.to, marker.from + 1));
        return {
          startLineNumber: start.lineNumber,
          startColumn: start.column,
          endLineNumber: end.lineNumber,
          endColumn: end.column,
          message: marker.message,
          severity: marker.severity === "error" ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
        };
      }),
    );
  }, [instance, markers]);
}

/**
 * Takes values that others set, and no others: what the editor said comes back through React a moment later, perhaps when more has
 * been typed, and must not overwrite that.
 * @returns to be told what the editor says
 */
function useEcho(instance: EditorInstance | null, value: string): (said: string) => void {
  const echoes = useRef<string[]>([]);
  useEffect(() => {
    const model = instance?.getModel();
    if (!model) return;
    const echo = echoes.current.indexOf(value);
    if (echo >= 0) echoes.current.splice(0, echo + 1);
    else if (model.getValue() !== value) {
      model.setValue(value);
      echoes.current = [];
    }
  }, [instance, value]);
  return (said) => echoes.current.push(said);
}

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
        heard(next ?? "");
        onChange?.(next ?? "");
      }}
      onMount={setInstance}
      loading={null}
      options={{ ...shared, ...(compact ? compactOptions : {}), readOnly, ariaLabel: label }}
    />
  );
}
