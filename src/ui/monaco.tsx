// The code editor, fetched when the first one is shown.
import { lazy, Suspense } from "react";
import { Skeleton } from "./skeleton.tsx";

/** One thing to type; `insert` may differ from what the list shows. */
export interface CodeCompletion {
  label: string;
  insert?: string;
  /** Offset of the first character that is replaced; by default the start of the word at the caret. */
  from?: number;
  detail?: string;
  documentation?: string;
  sort?: "field" | "function" | "variable" | "keyword";
}

export interface CodeMarker {
  /** Offset of the first character in error. */
  from: number;
  to: number;
  message: string;
  severity: "error" | "warning";
}

export interface CodeEditorProps {
  value: string;
  onChange?: (value: string) => void;
  language: "json" | "markdown" | "plaintext" | "cel" | "template";
  /** Announced; say what is edited. */
  label: string;
  /** Pixels. */
  height?: number;
  readOnly?: boolean;
  /** One line, no gutter: for expressions inside a form. */
  compact?: boolean;
  markers?: readonly CodeMarker[];
  /** What fits at an offset; for `cel` and `template`. */
  complete?: (text: string, offset: number) => CodeCompletion[];
  onBlur?: () => void;
}

const Editor = lazy(() => import("./monaco-editor.tsx").then((module) => ({ default: module.MonacoEditor })));

export function CodeEditor(props: CodeEditorProps) {
  const height = props.height ?? (props.compact ? 28 : 200);
  return (
    <div
      style={{ height }}
      className="overflow-hidden rounded-control border border-control/60 bg-raised focus-within:border-accent focus-within:outline-1 focus-within:outline-accent"
    >
      <Suspense fallback={<Skeleton className="m-2 h-4 w-1/2" />}>
        <Editor {...props} height={height} />
      </Suspense>
    </div>
  );
}
