// Text with completion: a template or an expression, one line that grows. Paths can be dropped into it.
import { useId, useRef, useState } from "react";
import type { ControlProps } from "../../ui/field.tsx";
import { cx } from "../../ui/cx.ts";
import { controlClass } from "../../ui/input.tsx";
import { floatClass } from "../../ui/menu-look.ts";
import { completeExpression, completeTemplate, type Suggestion } from "./complete.ts";
import { pathDragType, useFieldScope } from "./field-context.tsx";

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

export function SmartText({
  value,
  onChange,
  language,
  control,
  label,
  placeholder,
  rows = 1,
  path,
}: SmartTextProps) {
  const { groups, setTarget } = useFieldScope();
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [suggestions, setSuggestions] = useState<Suggestion[]>([]);
  const [active, setActive] = useState(0);
  const complete = language === "template" ? completeTemplate : completeExpression;

  const suggest = (text: string, caret: number) => {
    setSuggestions(complete(text, caret, groups));
    setActive(0);
  };
  const put = (insert: string, from: number, to: number) => {
    onChange(value.slice(0, from) + insert + value.slice(to));
    setSuggestions([]);
    const caret = from + insert.length;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(caret, caret);
    });
  };
  const insertPath = (inserted: string) => {
    const from = area.current?.selectionStart ?? value.length;
    const to = area.current?.selectionEnd ?? from;
    const before = value.slice(0, from);
    const inHole = before.lastIndexOf("{{") > before.lastIndexOf("}}");
    put(language === "template" && !inHole ? `{{ ${inserted} }}` : inserted, from, to);
  };
  const accept = (suggestion: Suggestion) =>
    put(suggestion.insert, suggestion.from, area.current?.selectionStart ?? value.length);

  return (
    <div className="relative">
      <textarea
        ref={area}
        {...control}
        aria-label={label}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an input has one line, and a select takes no text
        role="combobox"
        aria-expanded={suggestions.length > 0}
        aria-controls={suggestions.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={suggestions.length > 0 ? `${listId}-${active}` : undefined}
        data-path={path}
        rows={rows}
        spellCheck={language === "template"}
        value={value}
        placeholder={placeholder}
        className={cx(
          controlClass,
          "field-sizing-content block max-h-72 resize-y py-[3px]",
          rows > 1 ? "min-h-24" : "min-h-7",
          language === "expression" && "font-mono text-sm leading-5 [font-variant-ligatures:none]",
        )}
        onChange={(event) => {
          onChange(event.target.value);
          suggest(event.target.value, event.target.selectionStart);
        }}
        onFocus={() => setTarget(insertPath)}
        onBlur={() => setTimeout(() => setSuggestions([]), 120)}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === " ") {
            event.preventDefault();
            suggest(value, event.currentTarget.selectionStart);
            return;
          }
          const current = suggestions[active];
          if (!current) return;
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const step = event.key === "ArrowDown" ? 1 : suggestions.length - 1;
            setActive((active + step) % suggestions.length);
          } else if (event.key === "Enter" || event.key === "Tab") {
            event.preventDefault();
            accept(current);
          } else if (event.key === "Escape") {
            event.stopPropagation();
            setSuggestions([]);
          }
        }}
        onDragOver={(event) => {
          if (event.dataTransfer.types.includes(pathDragType)) event.preventDefault();
        }}
        onDrop={(event) => {
          const dropped = event.dataTransfer.getData(pathDragType);
          if (dropped === "") return;
          event.preventDefault();
          event.stopPropagation();
          insertPath(dropped);
        }}
      />
      {suggestions.length > 0 && (
        <ul
          id={listId}
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role -- a datalist cannot follow the caret
          role="listbox"
          aria-label="Suggestions"
          className={cx(floatClass, "absolute top-full left-0 mt-1 max-h-56 w-full overflow-y-auto p-1")}
        >
          {suggestions.map((suggestion, index) => (
            <li
              key={suggestion.label}
              id={`${listId}-${index}`}
              // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role -- an option element shows text only
              role="option"
              aria-selected={index === active}
              className={cx(
                "flex min-h-6 cursor-default items-center gap-2 rounded-control px-2",
                index === active && "bg-hover",
              )}
              onPointerDown={(event) => {
                event.preventDefault();
                accept(suggestion);
              }}
            >
              <span className="min-w-0 truncate font-mono text-sm">{suggestion.label}</span>
              <span className="ml-auto max-w-[45%] shrink-0 truncate text-sm text-faint">
                {suggestion.detail}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
