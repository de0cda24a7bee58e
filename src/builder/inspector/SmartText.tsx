// Text with completion: a template or an expression, one line that grows. Paths can be dropped into it.
import { useMemo, useRef } from "react";
import type { ControlProps } from "../../ui/field.tsx";
import type { FieldHandle } from "../../ui/monaco-field.tsx";
import { CodeText } from "../../ui/monaco-text.tsx";
import { completeExpression, completeTemplate } from "./complete.ts";
import { pathDragType, useFieldScope, useMarkersAt } from "./field-context.tsx";

interface SmartTextProps {
  value: string;
  onChange: (value: string) => void;
  language: "template" | "expression";
  control?: Partial<ControlProps>;
  label?: string;
  placeholder?: string | undefined;
  rows?: number;
  path?: string;
}

export function SmartText(props: SmartTextProps) {
  const { value, onChange, language, control, label, placeholder, rows = 1, path } = props;
  const { groups, setTarget } = useFieldScope();
  const field = useRef<FieldHandle>(null);
  const markers = useMarkersAt(path, value);
  const complete = useMemo(() => {
    const source = language === "template" ? completeTemplate : completeExpression;
    return (text: string, caret: number) => source(text, caret, groups);
  }, [language, groups]);
  const insertPath = (inserted: string, point?: { x: number; y: number }) =>
    field.current?.insert((before) => {
      const inHole = before.lastIndexOf("{{") > before.lastIndexOf("}}");
      return language === "template" && !inHole ? `{{ ${inserted} }}` : inserted;
    }, point);
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- what dropping does, pressing the path in the tree does too
    <div
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(pathDragType)) event.preventDefault();
      }}
      onDrop={(event) => {
        const dropped = event.dataTransfer.getData(pathDragType);
        if (dropped === "") return;
        event.preventDefault();
        event.stopPropagation();
        insertPath(dropped, { x: event.clientX, y: event.clientY });
      }}
    >
      <CodeText
        language={language === "template" ? "template" : "cel"}
        handle={field}
        control={control}
        label={label}
        path={path}
        rows={rows}
        value={value}
        placeholder={placeholder}
        complete={complete}
        markers={markers}
        onChange={onChange}
        onFocus={() => setTarget(insertPath)}
      />
    </div>
  );
}
