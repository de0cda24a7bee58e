// A value that somebody has to judge: prose as prose, everything else as a tree.
import type { Json } from "../core/json.ts";
import { JsonTree } from "./json-tree.tsx";

/** More texts than this are looked through, not read. */
const mostTexts = 50;

/** The value as texts, or nothing when a tree shows it better. */
function textsOf(value: Json): string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > mostTexts) return undefined;
  const texts = list.filter((entry) => typeof entry === "string");
  return texts.length === list.length ? texts : undefined;
}

interface PayloadProps {
  value: Json;
  label: string;
  /** Pixels it may take before it scrolls. */
  maxHeight: number;
}

export function Payload({ value, label, maxHeight }: PayloadProps) {
  const texts = textsOf(value);
  if (!texts) return <JsonTree value={value} label={label} maxHeight={maxHeight} />;
  return (
    <ol
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
      tabIndex={0}
      style={{ maxHeight }}
      className="divide-y divide-line overflow-y-auto rounded-control border border-line bg-inset focus-visible:-outline-offset-2"
    >
      {texts.map((text, n) => (
        <li key={n} className="flex gap-3 px-3 py-2">
          {texts.length > 1 && (
            <span aria-hidden className="shrink-0 text-sm leading-5 text-faint tabular">
              {n + 1}
            </span>
          )}
          <span className="min-w-0 break-words whitespace-pre-wrap">{text}</span>
        </li>
      ))}
    </ol>
  );
}
