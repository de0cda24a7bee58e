// JSON as text. What does not parse stays in the field and out of the document.
import { useState } from "react";
import type { Json } from "../core/json.ts";
import { CodeText } from "./monaco-text.tsx";

interface JsonFieldProps {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  label: string;
  rows?: number;
  path?: string;
  /** Says what is wrong with JSON that cannot be kept here; nothing when it can. */
  refuse?: (value: Json) => string | undefined;
  /** Told when the text stops or starts being what can be kept. */
  onValid?: (valid: boolean) => void;
}

const show = (value: Json | undefined) => (value === undefined ? "" : JSON.stringify(value, null, 2));

export function JsonField({ value, onChange, label, rows = 2, path, refuse, onValid }: JsonFieldProps) {
  const [draft, setDraft] = useState<{ text: string; of: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const stored = show(value);
  // A change from outside (undo, another field) wins over text that was typed for an older value.
  const text = draft && draft.of === stored ? draft.text : stored;
  return (
    <div>
      <CodeText
        language="json"
        label={label}
        path={path}
        rows={rows}
        value={text}
        onChange={(next) => {
          if (next === text) return;
          if (next.trim() === "") {
            setProblem(null);
            onValid?.(true);
            setDraft({ text: next, of: show(undefined) });
            onChange(undefined);
            return;
          }
          const refused = (why: string) => {
            setProblem(why);
            onValid?.(false);
            setDraft({ text: next, of: stored });
          };
          try {
            const parsed: Json = JSON.parse(next);
            const why = refuse?.(parsed);
            if (why !== undefined) return refused(why);
            setProblem(null);
            onValid?.(true);
            setDraft({ text: next, of: show(parsed) });
            onChange(parsed);
          } catch (error) {
            refused(
              `Not JSON yet, so not kept: ${error instanceof Error ? error.message : "it does not parse."}`,
            );
          }
        }}
      />
      {problem !== null && (
        <p role="alert" className="mt-1 text-sm text-failed">
          {problem}
        </p>
      )}
    </div>
  );
}
