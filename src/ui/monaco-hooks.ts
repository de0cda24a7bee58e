// What every editor shares: completion, marks, and a value that React and the editor both change.
import { useEffect, useRef } from "react";
import type { CodeCompletion, CodeMarker } from "./monaco.tsx";
import { completersByModel, monaco } from "./monaco-setup.ts";

export type EditorInstance = monaco.editor.IStandaloneCodeEditor;

export function useCompletions(
  instance: EditorInstance | null,
  complete: ((text: string, offset: number) => CodeCompletion[]) | undefined,
): void {
  useEffect(() => {
    const uri = instance?.getModel()?.uri.toString();
    if (uri === undefined || !complete) return;
    completersByModel.set(uri, complete);
    return () => {
      completersByModel.delete(uri);
    };
  }, [instance, complete]);
}

export function useMarkers(
  instance: EditorInstance | null,
  markers: readonly CodeMarker[] | undefined,
): void {
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
 * @returns to be told what the editor says, and answers whether a person said it: an undone edit that is put into the editor must not
 * come back as a new one, which would leave nothing to redo
 */
export function useEcho(instance: EditorInstance | null, value: string): (said: string) => boolean {
  const echoes = useRef<string[]>([]);
  const setting = useRef(false);
  useEffect(() => {
    const model = instance?.getModel();
    if (!model) return;
    const echo = echoes.current.indexOf(value);
    if (echo >= 0) echoes.current.splice(0, echo + 1);
    else if (model.getValue() !== value) {
      setting.current = true;
      model.setValue(value);
      setting.current = false;
      echoes.current = [];
    }
  }, [instance, value]);
  return (said) => {
    if (setting.current) return false;
    echoes.current.push(said);
    return true;
  };
}
